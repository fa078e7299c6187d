import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appFolder, buildApp } from '../../../infra/tools/build.ts';

let folder: string;
let code: string;
let made: Metafile;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  made = await buildApp(join(folder, 'new/app.cjs'));
  code = await readFile(join(folder, 'new/app.cjs'), 'utf8');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the built app', () => {
  it('is one file with its source map', async () => {
    expect((await readdir(join(folder, 'new'))).toSorted()).toEqual(['app.cjs', 'app.cjs.map']);
    expect(code).toMatch(/\n\/\/# sourceMappingURL=app\.cjs\.map\n$/);
    const map = JSON.parse(await readFile(join(folder, 'new/app.cjs.map'), 'utf8'));
    const sources = map.sources.map((source: string) => resolve(folder, 'new', source));
    expect(sources).toContain(join(appFolder, 'functions/nimbus-tasks.ts'));
  });

  it('is CommonJS', () => {
    // A module's import or export would be a syntax error here.
    expect(() => new Script(code)).not.toThrow();
  });

  it('requires the worker’s module and what comes with Node, and nothing else', () => {
    const required = new Set([...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? ''));
    expect([...required].filter((name) => !isBuiltin(name))).toEqual(['@azure/functions-core']);
  });

  it('runs a library of Azure only when it is first used', () => {
    const atStart = new Set<string>();
    const visit = (file: string): void => {
      if (atStart.has(file)) return;
      atStart.add(file);
      for (const { path, kind, external } of made.inputs[file]?.imports ?? []) {
        if (kind !== 'dynamic-import' && !external) visit(path);
      }
    };
    visit('functions/app.ts');

    const libraries = [...atStart].flatMap((file) => /node_modules\/(@azure\/[^/]+)/.exec(file)?.[1] ?? []);
    expect([...new Set(libraries)].sort()).toEqual(['@azure/functions', '@azure/functions-extensions-base']);
  });

  it('has no library in it twice, as ES modules and as CommonJS', () => {
    const [output] = Object.entries(made.outputs).flatMap(([path, each]) => (path.endsWith('.map') ? [] : [each]));
    const used = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 1_000);
    const twice = used.filter(
      ([file]) =>
        file.includes('/dist/commonjs/') && used.some(([other]) => other === file.replace('/commonjs/', '/esm/')),
    );
    expect(twice).toEqual([]);
  });
});
