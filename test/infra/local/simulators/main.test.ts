import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { lucsApiKey, nimbusBearerToken } from '../../../../infra/local/simulators/credentials.ts';
import * as z from '../../../../shared/zod.ts';
import { call } from './call.ts';

const entry = fileURLToPath(new URL('../../../../infra/local/simulators/main.ts', import.meta.url));
const readySchema = z.object({ type: z.literal('ready'), simulators: z.record(z.string(), z.string()) });

let child: ChildProcess | undefined;
afterEach(() => {
  if (child?.exitCode === null) child.kill('SIGKILL');
});

function start(...args: string[]): ChildProcess {
  child = fork(entry, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  return child;
}

async function ready(process: ChildProcess): Promise<Record<string, string>> {
  const [message] = await once(process, 'message');
  return readySchema.parse(message).simulators;
}

describe('the simulators’ process', () => {
  it('starts what has a port, says where, and ends when its parent lets go', async () => {
    const names = ['nimbus', 'lucs', 'acd', 'crm', 'enreach'];
    const process = start(...names.flatMap((name) => [`--${name}-port`, '0']));
    const simulators = await ready(process);
    const at = 'http://127\\.0\\.0\\.1:\\d+';
    expect(simulators).toEqual({
      nimbus: expect.stringMatching(new RegExp(`^${at}$`)),
      lucs: expect.stringMatching(new RegExp(`^${at}$`)),
      acd: expect.stringMatching(new RegExp(`^${at}/rest/v1\\.0/7$`)),
      crm: expect.stringMatching(new RegExp(`^${at}$`)),
      enreach: expect.stringMatching(new RegExp(`^${at}$`)),
    });
    expect((await call('GET', `${simulators.nimbus}/v1/tasks/events`, { token: nimbusBearerToken })).status).toBe(200);
    process.disconnect();
    expect(await once(process, 'exit')).toEqual([0, null]);
  });

  it('leaves out what has no port, and ends when it is told to even while an answer hangs', async () => {
    const simulators = start('--lucs-port=0');
    const { lucs = '', ...others } = await ready(simulators);
    expect(others).toEqual({});
    await call('POST', `${lucs}/_simulator/answers`, { body: { hang: true } });
    const pending = call('GET', `${lucs}/v1.0/services`, { token: lucsApiKey }).catch((error: unknown) => error);
    await expect.poll(async () => (await call('GET', `${lucs}/_simulator/requests`)).body).toHaveLength(1);
    // Windows has no SIGTERM: it ends a process at once.
    if (process.platform === 'win32') simulators.disconnect();
    else simulators.kill('SIGTERM');
    expect(await once(simulators, 'exit')).toEqual([0, null]);
    expect(await pending).toBeInstanceOf(Error);
  });

  it('names the simulator whose port is in use, and exits 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const process = start('--lucs-port', '0', '--acd-port', String(port));
    const [printed, [code]] = await Promise.all([printedBy(process), once(process, 'exit')]);
    expect({ printed, code }).toEqual({
      printed: `The ACD simulator cannot listen on 127.0.0.1:${port}: the port is in use. Stop what uses it, or choose another port.\n`,
      code: 1,
    });
    await new Promise((resolve) => other.close(resolve));
  });

  it.each([
    [['--acd-port', 'x'], '--acd-port must be a port from 0 to 65535, not "x".'],
    [[], 'Nothing to start. Give at least one of: --nimbus-port <port>,'],
    [['--fax-port', '1'], '--fax-port'],
  ])('refuses %j', async (args, message) => {
    const process = start(...args);
    const [printed, [code]] = await Promise.all([printedBy(process), once(process, 'exit')]);
    expect(printed).toContain(message);
    expect(code).toBe(1);
  });
});

async function printedBy({ stderr }: ChildProcess): Promise<string> {
  return stderr === null ? '' : text(stderr);
}
