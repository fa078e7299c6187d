import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findAppFiles, globToRegExp } from '../../../../infra/local/host/app-files.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'host-app-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function app(manifest: object, files: string[]): Promise<void> {
  await writeFile(path.join(directory, 'package.json'), JSON.stringify(manifest));
  for (const file of files) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), '');
  }
}

it.each([
  ['dist/app.cjs', ['dist/app.cjs'], ['dist/app-cjs', 'x/dist/app.cjs']],
  ['src/{index.js,functions/*.js}', ['src/index.js', 'src/functions/a.js'], ['src/functions/b/a.js', 'src/a.js']],
  ['src/**/*.js', ['src/a.js', 'src/a/b/c.js'], ['a.js']],
  ['f?.[cm]js', ['f1.cjs', 'f2.mjs'], ['f.cjs', 'f1.js']],
  ['[!a].js', ['b.js'], ['a.js']],
])('%s', (glob, matching, others) => {
  const pattern = globToRegExp(glob);
  expect(matching.filter((file) => !pattern.test(file))).toEqual([]);
  expect(others.filter((file) => pattern.test(file))).toEqual([]);
});

it('finds the files in order, tells ES modules apart and leaves node_modules alone', async () => {
  await app({ main: './**/*.{js,cjs,mjs}', type: 'module' }, ['b.cjs', 'a.js', 'c/d.mjs', 'node_modules/x/y.js']);
  expect(await findAppFiles(directory)).toEqual([
    { file: path.join(directory, 'a.js'), esModule: true },
    { file: path.join(directory, 'b.cjs'), esModule: false },
    { file: path.join(directory, 'c/d.mjs'), esModule: true },
  ]);
});

it('takes .js for CommonJS without a type', async () => {
  await app({ main: 'a.js' }, ['a.js']);
  expect(await findAppFiles(directory)).toEqual([{ file: path.join(directory, 'a.js'), esModule: false }]);
});

it('says what is missing', async () => {
  await expect(findAppFiles(directory)).rejects.toThrow('package.json');
  await app({}, []);
  await expect(findAppFiles(directory)).rejects.toThrow("main: names the app's files");
  await app({ main: 'dist/*.cjs' }, []);
  await expect(findAppFiles(directory)).rejects.toThrow("no file matches 'dist/*.cjs'; build the function app first");
});
