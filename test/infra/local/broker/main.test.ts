import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as z from '../../../../shared/zod.ts';
import { connect } from './test-bus.ts';

const MAIN = fileURLToPath(new URL('../../../../infra/local/broker/main.ts', import.meta.url));
const readySchema = z.object({ type: z.literal('ready'), port: z.number() });

function start(...args: string[]): ChildProcess {
  const child = fork(MAIN, args, { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ready(child: ChildProcess): Promise<number> {
  const [message] = await once(child, 'message');
  return readySchema.parse(message).port;
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'broker-main-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Waits for the end of a process that was not to start; gives its exit code and what it said. */
async function failure(child: ChildProcess): Promise<{ code: unknown; said: string }> {
  const said = child.stderr === null ? '' : text(child.stderr);
  const [code] = await once(child, 'exit');
  return { code, said: await said };
}

describe('the broker process', () => {
  it('serves the entities of the bridge and ends with its parent', async () => {
    const child = start('--port', '0', '--data', await folder());
    const port = await ready(child);
    const client = connect(
      `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`,
    );
    await client.createSender('events').sendMessages({ body: 1, sessionId: 'lane' });
    expect((await client.acceptNextSession('events', 'router')).sessionId).toBe('lane');
    const exit = once(child, 'exit');
    child.disconnect();
    expect(await exit).toEqual([0, null]);
    await client.close();
  });

  // Windows has no SIGTERM: it ends a process at once.
  it.skipIf(process.platform === 'win32')('ends in order when asked to', async () => {
    const child = start('--port', '0', '--data', await folder());
    await ready(child);
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('says that its port is taken, in one line', async () => {
    const port = await ready(start('--port', '0', '--data', await folder()));
    expect(await failure(start('--port', String(port), '--data', await folder()))).toEqual({
      code: 1,
      said: `port ${port} is in use: the embedded Service Bus cannot listen\n`,
    });
  });

  it('refuses the data folder of another broker', async () => {
    const dir = await folder();
    await ready(start('--port', '0', '--data', dir));
    const { code, said } = await failure(start('--port', '0', '--data', dir));
    expect(code).toBe(1);
    expect(said).toContain(`${dir} is in use by the embedded Service Bus on port`);
  });

  it('says what is wrong with its arguments', async () => {
    expect(await failure(start('--port', 'x', '--data', 'y'))).toMatchObject({
      code: 1,
      said: expect.stringContaining('--port x'),
    });
    expect(await failure(start('--port', '0'))).toMatchObject({
      code: 1,
      said: expect.stringContaining('--data is missing'),
    });
  });
});
