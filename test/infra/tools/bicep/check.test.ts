import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkInfra } from '../../../../infra/tools/bicep/check.ts';
import { compileAll, type RunCommand } from '../../../../infra/tools/bicep/compile.ts';
import { parameterFiles, templateFiles } from '../../../../infra/tools/bicep/files.ts';
import { openSyntaxCheck } from '../../../../infra/tools/bicep/independent-syntax-check.ts';
import { appFolder } from '../../../../infra/tools/build.ts';

describe('infra/', () => {
  it('has no problem, whether or not its properties can be compared with the published types', async () => {
    const counted = { problems: [], templates: templateFiles.length };
    expect(await checkInfra()).toMatchObject(counted);
    expect(await checkInfra('no such file')).toMatchObject({ ...counted, isCompared: false });
    expect(templateFiles).toContain('infra/main.bicep');
    expect(parameterFiles).toEqual(expect.arrayContaining(['infra/dev.bicepparam', 'infra/prod.bicepparam']));
  });

  it('is compared with the published types that are there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'published-'));
    try {
      const file = join(folder, 'types.json');
      const types = { source: 's', commit: 'c', committedAt: 't', note: 'n', types: {} };
      writeFileSync(file, JSON.stringify(types));
      const { isCompared, problems } = await checkInfra(file);
      expect(isCompared).toBe(true);
      expect(problems).toContainEqual(expect.stringContaining('there is no Microsoft.Web/sites@2025-03-01 among'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the grammar of others', () => {
  it('finds a brace that is missing, in templates and in parameter files', async () => {
    const check = await openSyntaxCheck();
    for (const file of ['infra/main.bicep', 'infra/prod.bicepparam']) {
      const text = readFileSync(resolve(appFolder, file), 'utf8');
      expect(check(text, file)).toEqual([]);
      expect(check(text.replace(/\n\}/, '\n'), file)).not.toEqual([]);
    }
  });
});

describe('the compiler', () => {
  const none: RunCommand = () => undefined;

  it('is said to be missing where it is', () => {
    expect(compileAll(['a.bicep'], ['a.bicepparam'], none)).toEqual({ compiler: undefined, problems: [] });
  });

  it('builds every file, and its warnings are problems', () => {
    const warning = '/a.bicep(1,7) : Warning no-unused-params: Parameter "x" is declared but never used.';
    const commands: string[] = [];
    const bicep: RunCommand = (command) => {
      commands.push(command.join(' '));
      return command[0] === 'bicep'
        ? { failed: false, output: command.includes('a.bicep') ? warning : '{}' }
        : undefined;
    };
    expect(compileAll(['a.bicep'], ['a.bicepparam'], bicep)).toEqual({ compiler: 'bicep', problems: [warning] });
    expect(commands).toEqual([
      'bicep --version',
      'bicep build a.bicep --stdout',
      'bicep build-params a.bicepparam --stdout',
    ]);
  });

  it('is taken from the Azure CLI as well, and may fail without a line of its own', () => {
    const az: RunCommand = (command) =>
      command[0] !== 'az'
        ? undefined
        : { failed: command.includes('build'), output: command.includes('build') ? 'no disk\n' : '' };
    expect(compileAll(['a.bicep'], [], az)).toEqual({ compiler: 'az bicep', problems: ['no disk'] });
  });
});
