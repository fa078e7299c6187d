import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appFolder, buildApp } from '../../../infra/tools/build.ts';

let folder: string;
let code: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  await buildApp(join(folder, 'new/app.cjs'));
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
});
