import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../../../../infra/local/stack/child.ts';
import { type FuncOptions, startFunc } from '../../../../infra/local/stack/func.ts';
import { funcPart } from '../../../../infra/local/stack/parts.ts';
import { appFolder } from '../../../../infra/tools/build.ts';
import { ConfigurationError } from '../../../../shared/errors.ts';
import { patiently } from '../patiently.ts';
import { descendantsOf, freePort } from '../processes.ts';
import { type FakeFunc, installFakeFunc } from './fake-func.ts';

const httpApp = resolve(import.meta.dirname, '../host/fixtures/http-app');

let func: FakeFunc;
let stop: AbortController;
let lines: string[];

beforeEach(async () => {
  func = await installFakeFunc();
  stop = new AbortController();
  lines = [];
});

afterEach(async () => {
  stop.abort();
  await func.remove();
});

async function start(settings: NodeJS.ProcessEnv = {}, changes: Partial<FuncOptions> = {}) {
  const port = await freePort();
  const running = startFunc({
    appFolder,
    port,
    env: { ...func.env, FUNC_APP: httpApp, ROUTE_NAME: 'renamed', ...settings },
    onLine: (line) => lines.push(line),
    signal: stop.signal,
    ...changes,
  });
  return { port, ended: (await running).ended };
}

describe('Core Tools that are started', () => {
  it('get the port, the environment and the app’s folder, and are ready when the app answers', async () => {
    const called = join(func.folder, 'called.json');
    const { port } = await start({ FUNC_CALLED: called });

    const answer = await fetch(`http://127.0.0.1:${port}/api/returnsNoContent`);

    expect(answer.status).toBe(204);
    expect(lines).toContain('Azure Functions Core Tools, more or less');
    expect(JSON.parse(await readFile(called, 'utf8'))).toEqual({
      args: ['start', '--port', String(port)],
      cwd: appFolder,
      routeName: 'renamed',
    });
  });

  it('end with everything they started', async () => {
    const { port, ended } = await start();

    stop.abort();
    await ended;

    await expect(fetch(`http://127.0.0.1:${port}/api/returnsNoContent`)).rejects.toThrow('fetch failed');
  });

  it('end even when they are not ready yet', async () => {
    const before = descendantsOf(process.pid);
    const starting = start();
    starting.catch(() => undefined);
    await expect.poll(() => lines).toContain('Azure Functions Core Tools, more or less');

    stop.abort();

    await expect(starting).rejects.toThrow('Azure Functions Core Tools ended');
    expect(descendantsOf(process.pid)).toEqual(before);
  });

  it('are killed when they ignore SIGTERM for too long', async () => {
    const { port, ended } = await start({ FUNC_IS_STUBBORN: 'yes' }, { stopTimeoutMs: 50 });

    stop.abort();
    await ended;

    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed');
  });
});

describe('Core Tools that cannot be used', () => {
  // On Windows a shell looks for them, and says itself that they are not there.
  it.skipIf(process.platform === 'win32')('are asked for when they are not there', async () => {
    const error = await start({ PATH: func.folder.concat('-nowhere') }).catch((reason: unknown) => reason);

    expect(error).toEqual(
      new ConfigurationError('--func needs Azure Functions Core Tools', [
        '`func` is not on the PATH: install azure-functions-core-tools 4, or start without --func',
      ]),
    );
  });

  it('have their end told, and what they said passed on', async () => {
    await expect(start({ FUNC_FAILS: 'no worker runtime' })).rejects.toThrow(
      new ConfigurationError('Azure Functions Core Tools ended', ['`func start` ended with 3']),
    );
    expect(lines).toEqual(['no worker runtime']);
  });
});

describe('the program that runs Core Tools for the stack', () => {
  const part = (port: number, env: NodeJS.ProcessEnv) => funcPart({ port, appFolder, env }, (line) => lines.push(line));

  it('reports their port, and ends them when its parent was killed', async () => {
    const port = await freePort();
    const env = { ...func.env, FUNC_APP: httpApp, ROUTE_NAME: 'renamed' };
    const { file, args } = part(port, env).spec;
    const parentFile = resolve(import.meta.dirname, 'fixtures/parent.ts');
    const parent = spawn(process.execPath, ['--import', 'tsx', parentFile, file, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const answers = () => fetch(`http://127.0.0.1:${port}/api/returnsNoContent`).then(Boolean, () => false);
    expect(await answers()).toBe(true);

    parent.kill('SIGKILL');

    await patiently(answers).toBe(false);
  });

  // On Windows a shell looks for them, and says itself that they are missing.
  it.skipIf(process.platform === 'win32')('says what to do when they are missing', async () => {
    await expect(startChild(part(1, { PATH: '/nowhere' }).spec)).rejects.toThrow(
      /^--func needs Azure Functions Core Tools:\n {2}- `func` is not on the PATH: install/,
    );
  });
});
