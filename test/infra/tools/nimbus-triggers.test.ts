import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nimbusBearerToken } from '../../../infra/local/simulators/credentials.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../infra/local/simulators/nimbus/simulator.ts';
import { triggers } from '../../../infra/tools/nimbus-triggers.ts';
import { withTriggerLease } from '../../../shared/nimbus-webhooks/trigger-lease.ts';
import { openTrigger } from '../../../shared/nimbus-webhooks/trigger-store.ts';
import { connectTable } from '../../../shared/storage/connect-table.ts';
import { type RunningAzurite, startAzurite } from '../../helpers/azurite.ts';

const KEY = 'secret-key';

let azurite: RunningAzurite;
let nimbus: NimbusSimulator;

beforeAll(async () => {
  [azurite, nimbus] = await Promise.all([startAzurite(), startNimbusSimulator({ port: 0 })]);
});

afterAll(() => Promise.all([azurite?.stop(), nimbus?.close()]));

const settings = () => ({
  AzureWebJobsStorage: azurite.connectionString,
  NIMBUS_BASE_URL: nimbus.baseUrl,
  NIMBUS_TOKEN: nimbusBearerToken,
  NIMBUS_CALLBACK_URL: 'http://127.0.0.1:9/api/nimbus',
  NIMBUS_CALLBACK_KEY: KEY,
  NIMBUS_SERVICES: 'helpdesk@contoso.example',
});

async function run(args: readonly string[], changes: Readonly<Record<string, string | undefined>> = {}) {
  const lines: string[] = [];
  const isFine = await triggers(args, { ...settings(), ...changes }, (line) => lines.push(line));
  const text = lines.join('\n');
  expect(text).not.toMatch(/secret-key|code=/);
  return { isFine, text };
}

const table = () => connectTable({ storage: { connectionString: azurite.connectionString } }, 'nimbustriggers');
const registered = () => nimbus.state().triggers;

afterEach(async () => {
  nimbus.clear();
  for (const name of ['task', 'schedulerEntry'] as const) {
    const entry = await openTrigger(table(), name);
    await entry.update({
      current: undefined,
      registeringSince: undefined,
      obsolete: [],
      unremovable: [],
      isStopped: false,
    });
  }
});

describe('nimbus:triggers register', () => {
  it('registers, and says what and for which services', async () => {
    const { isFine, text } = await run(['register']);
    expect(isFine).toBe(true);
    expect(text).toMatch(
      /^Registered or removed 2 triggers\.\nWebhook for tasks: registered at \S+Z for helpdesk@contoso.example\.\n {2}Trigger id: /,
    );
    expect(registered()).toHaveLength(2);
  });

  it('says that there is nothing to do', async () => {
    await run(['register']);
    const { isFine, text } = await run(['register']);
    expect(isFine).toBe(true);
    expect(text).toMatch(/^All triggers are as the settings want them\.\n/);
  });

  it('says what stands against it', async () => {
    const { isFine, text } = await run(['register'], { NIMBUS_MODALITIES: 'Fax' });
    expect(isFine).toBe(false);
    expect(text).toContain('Problem: NIMBUS_MODALITIES: Nimbus has no "Fax"; it knows Audio, ');
    expect(text).toContain('Webhook for tasks: not registered.');
  });

  it('steps back when somebody else is at it', async () => {
    const busy = await withTriggerLease(table(), Date.now, () => run(['register']));
    const { isFine, text } = busy ?? {};
    expect(isFine).toBe(false);
    expect(text).toMatch(/^The app or somebody else changes the triggers at this moment: try again in two minutes\./);
    expect(registered()).toEqual([]);
  });

  it.each([
    ['NIMBUS_BASE_URL', /NIMBUS_BASE_URL is missing/],
    ['NIMBUS_CALLBACK_URL', /NIMBUS_CALLBACK_URL is missing: set it to the address of the webhooks/],
    ['NIMBUS_CALLBACK_KEY', /NIMBUS_CALLBACK_KEY is missing/],
    ['AzureWebJobsStorage', /AzureWebJobsStorage is missing/],
  ])('needs %s', async (name, words) => {
    await expect(run(['register'], { [name]: undefined })).rejects.toThrow(words);
  });

  it("takes no storage of this machine in the place of a deployment's", async () => {
    const deployed = { AzureWebJobsStorage__tableServiceUri: 'https://account.table.core.windows.net' };
    await expect(run(['register'], deployed)).rejects.toThrow(
      /AzureWebJobsStorage and AzureWebJobsStorage__tableServiceUri are both set/,
    );
    expect(registered()).toEqual([]);
  });
});

describe('nimbus:triggers list', () => {
  it('says in words what is remembered', async () => {
    const entry = await openTrigger(table(), 'task');
    await entry.update({
      current: { hash: 'h', services: ['a@x.example', 'b@x.example'], registeredAt: '2026-03-06T10:00:00.000Z' },
      obsolete: ['old-1'],
      unremovable: ['2026-03-05T10:00:00.000Z'],
      registeringSince: '2026-03-06T11:00:00.000Z',
    });
    const { isFine, text } = await run(['list']);
    expect(isFine).toBe(true);
    expect(text.split('\n')).toEqual([
      'Webhook for tasks: registered at 2026-03-06T10:00:00.000Z for a@x.example, b@x.example.',
      "  Nimbus did not tell the trigger's id: it works, but it can't be removed again.",
      '  Still to be deleted: old-1',
      '  A registration began at 2026-03-06T11:00:00.000Z and has not ended.',
      '  A trigger of 2026-03-05T10:00:00.000Z may still be there. Its id is not known, so that only Luware can remove it; events that come twice are dropped.',
      'Webhook for scheduler entries: not registered.',
    ]);
    expect(nimbus.requests()).toEqual([]);
  });

  it('says when the settings want nothing', async () => {
    expect((await run(['list'], { NIMBUS_CALLBACK_URL: undefined })).text).toMatch(
      /^NIMBUS_CALLBACK_URL is not set: the app registers nothing\.\nWebhook for tasks: not registered\./,
    );
  });
});

describe('nimbus:triggers remove', () => {
  beforeEach(() => run(['register']));

  it('removes what is registered, also when the settings want nothing any more', async () => {
    const { isFine, text } = await run(['remove'], { NIMBUS_CALLBACK_URL: undefined });
    expect(isFine).toBe(true);
    expect(text).toMatch(/^Removed 2 triggers\. The app registers none until you run register\.\n/);
    expect(text).toContain('Webhook for tasks: not registered, because it was removed by hand.');
    expect(registered()).toEqual([]);
  });

  it('says what could not be removed', async () => {
    nimbus.answerNext({ match: { method: 'DELETE' }, status: 504 });
    const { isFine, text } = await run(['remove']);
    expect(isFine).toBe(false);
    expect(text).toMatch(/Problem: webhook for tasks: Nimbus answered 504 to "delete task trigger"\n/);
    expect(text).toContain('  Still to be deleted: ');
  });
});

describe('nimbus:triggers', () => {
  it.each([[[]], [['lsit']], [['list', 'all']]])('explains itself for %j', async (args) => {
    const { isFine, text } = await run(args);
    expect(isFine).toBe(false);
    expect(text).toMatch(/^Usage: npm run nimbus:triggers -- list \| register \| remove\n/);
  });
});
