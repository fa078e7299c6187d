import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nimbusBearerToken } from '../../../infra/local/simulators/credentials.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../infra/local/simulators/nimbus/simulator.ts';
import { events } from '../../../infra/tools/nimbus-events.ts';

let nimbus: NimbusSimulator;

beforeAll(async () => {
  nimbus = await startNimbusSimulator({ port: 0 });
});

afterEach(() => nimbus.clear());

afterAll(() => nimbus.close());

const settings = () => ({ NIMBUS_BASE_URL: nimbus.baseUrl, NIMBUS_TOKEN: nimbusBearerToken });

async function print(...args: string[]) {
  const lines: string[] = [];
  const isFine = await events(args, settings(), { print: (line) => lines.push(line) });
  return { isFine, text: lines.join('\n') };
}

describe('nimbus:events', () => {
  it('prints what settings and routes can name, values before names', async () => {
    const { isFine, text } = await print();
    expect(isFine).toBe(true);
    expect(text).toContain(
      'Modalities (NIMBUS_MODALITIES)\n  value             name\n  Audio             Audio\n  InstantMessaging  Instant Messaging\n',
    );
    expect(text).toContain('Services for scheduler entries (NIMBUS_SERVICES)\n  helpdesk@contoso.example\n  sales@');
    expect(text.match(/^\S.*/gm)).toEqual([
      'Task events (NIMBUS_TASK_EVENTS)',
      'Scheduler entry events (NIMBUS_SCHEDULER_ENTRY_EVENTS)',
      'Modalities (NIMBUS_MODALITIES)',
      'Directions (NIMBUS_DIRECTIONS)',
      'Services for tasks (NIMBUS_SERVICES)',
      'Services for scheduler entries (NIMBUS_SERVICES)',
      'Services for external tasks',
      'Priorities of scheduler entries',
      'Priorities of external tasks',
    ]);
  });

  it('says where there is nothing', async () => {
    nimbus.removeRole('TenantAdmin');
    expect((await print()).text).toContain('Services for tasks (NIMBUS_SERVICES)\n  (none)\n');
  });

  it('prints the same as JSON', async () => {
    const offered: unknown = JSON.parse((await print('--json')).text);
    expect(offered).toMatchObject({
      taskEvents: expect.arrayContaining([{ name: 'System accepted', value: 'SystemAccepted' }]),
      directions: expect.arrayContaining([{ name: 'Inbound', value: 'Inbound' }]),
      services: expect.arrayContaining(['care@contoso.example']),
      schedulerEntryServices: ['helpdesk@contoso.example', 'sales@contoso.example'],
      externalTaskPriorities: expect.arrayContaining([{ name: 'Very High', value: 'VeryHigh' }]),
    });
  });

  it('explains itself when it is called in another way', async () => {
    expect(await print('--yaml')).toEqual({ isFine: false, text: 'Usage: npm run nimbus:events [-- --json]' });
    expect(nimbus.requests()).toEqual([]);
  });
});

describe('npm run nimbus:events', () => {
  it('ends with exit code 1 and one clear message when Nimbus refuses the token', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve(import.meta.dirname, '../../../infra/tools/nimbus-events.ts')],
      { env: { ...process.env, ...settings(), NIMBUS_TOKEN: 'wrong' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const exit = new Promise((done) => child.once('exit', done));
    const errors = await text(child.stderr);
    expect(await exit).toBe(1);
    expect(errors).toBe('Nimbus answered 401 to "get task events": check its credentials\n');
  });
});
