import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';

let child: ChildProcess | undefined;

/** `--import` takes a path on Windows for a URL of the scheme `c:`. */
const moduleUrl = (path: string) => pathToFileURL(resolve(import.meta.dirname, path)).href;

afterEach(() => {
  child?.kill('SIGKILL');
});

it('ends a program whose parent went while the program was being loaded', async () => {
  const preload = [
    'tsx',
    moduleUrl('fixtures/loads-until-disconnect.mjs'),
    moduleUrl('../../../../infra/local/stack/exit-with-parent.mjs'),
  ];
  child = fork(resolve(import.meta.dirname, 'fixtures/prints.ts'), [], {
    execArgv: preload.flatMap((module) => ['--import', module]),
    silent: true,
  });
  const exited = once(child, 'exit');

  child.disconnect();

  expect(await exited).toEqual([0, null]);
});
