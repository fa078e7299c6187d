import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { arrivedAt, raise } from '../../../../infra/local/demo/simulator-client.ts';
import { anyPorts } from '../../../../infra/local/stack/addresses.ts';
import { type Stack, type StackOptions, startStack } from '../../../../infra/local/stack/stack.ts';
import { appFolder } from '../../../../infra/tools/build.ts';
import { patiently } from '../patiently.ts';
import { descendantsOf, freePort } from '../processes.ts';
import { installFakeFunc } from './fake-func.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(changes: Partial<StackOptions> = {}): Promise<Stack & { lines: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'stack-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const stack = await startStack({
    appFolder,
    settingsFile: resolve(appFolder, 'local.settings.sample.json'),
    dataFolder: join(folder, 'data'),
    ports: anyPorts,
    environment: { PATH: process.env.PATH },
    useFunc: false,
    relays: 0,
    onLine: (part, line) => lines.push(`${part}: ${line}`),
    onGivenUp: (error) => lines.push(`given up: ${String(error)}`),
    ...changes,
  });
  cleanups.push(() => stack.stop());
  return { ...stack, lines };
}

const missedCall = {
  taskId: 'task-1',
  event: 'TaskTerminated',
  direction: 'Inbound',
  modality: 'Audio',
  callerTelNumber: '+441632960123',
  serviceUPN: 'helpdesk@contoso.example',
};

/** Has jtel ACD post a callback request; gives what became of it. */
const postsCallback = async ({ simulators }: Stack) => {
  const response = await fetch(new URL('/_simulator/callbacks', simulators.acd), {
    method: 'POST',
    body: JSON.stringify({ caller: '+493023125014', acdGroupsId: 41 }),
  });
  return response.json();
};

/** Has Nimbus raise the event; gives what the bridge answered at each registered address. */
const raiseAt = async ({ simulators }: Stack) =>
  (await raise(simulators.nimbus ?? '', 'task', missedCall)).map(({ status }) => status);

const lucsTasksOf = async ({ simulators }: Stack) =>
  (await arrivedAt(simulators.lucs ?? '')).filter(({ method }) => method === 'POST').length;

describe('the stack', { timeout: 40_000 }, () => {
  it('registers the bridge again when the simulators were killed, and stops as a whole', async () => {
    const before = descendantsOf(process.pid);
    const stack = await start();
    expect(await raiseAt(stack)).toEqual([202]);

    stack.parts.simulators?.kill('SIGKILL');
    await patiently(() => stack.lines).toContain('Simulators: Simulators: runs again');
    expect(await raiseAt(stack)).toEqual([202]);
    expect(await postsCallback(stack)).toMatchObject({ status: 200, isHandled: true });

    await stack.stop();
    expect(descendantsOf(process.pid)).toEqual(before);
    expect(stack.lines.filter((line) => line.includes('given up'))).toEqual([]);
  });

  it('serves the app by Core Tools when it is told to', async () => {
    const func = await installFakeFunc();
    cleanups.push(() => func.remove());
    const stack = await start({ useFunc: true, ports: { ...anyPorts, http: await freePort() }, environment: func.env });
    await patiently(() => stack.lines).toContain('func: Azure Functions Core Tools, more or less');

    expect(await raiseAt(stack)).toEqual([202]);
    await patiently(() => lucsTasksOf(stack)).toBe(1);
  });

  it('stops what was started when the app does not start, and says why', async () => {
    const before = descendantsOf(process.pid);

    await expect(start({ environment: { PATH: process.env.PATH, BRIDGE_LANES: 'many' } })).rejects.toThrow(
      /BRIDGE_LANES/,
    );

    expect(descendantsOf(process.pid)).toEqual(before);
  });
});
