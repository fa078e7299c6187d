import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

export interface FakeFunc {
  /** An environment that finds a stand-in of Azure Functions Core Tools on its PATH. */
  readonly env: NodeJS.ProcessEnv;
  /** For what a test wants to keep; it is removed with the stand-in. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function installFakeFunc(): Promise<FakeFunc> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-func-'));
  const program = resolve(import.meta.dirname, 'fixtures/func.cjs');
  if (process.platform === 'win32') {
    await writeFile(join(folder, 'func.cmd'), `@"${process.execPath}" "${program}" %*\r\n`);
  } else {
    await writeFile(join(folder, 'func'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    await chmod(join(folder, 'func'), 0o755);
  }
  return {
    env: { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) },
    folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
