import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nimbusBearerToken } from '../../../infra/local/simulators/credentials.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../infra/local/simulators/nimbus/simulator.ts';
import { fixedBearer } from '../../../shared/auth/tokens.ts';
import { createNimbusClient } from '../../../shared/destinations/nimbus/client.ts';
import { keepTriggers, removeTriggers } from '../../../shared/nimbus-webhooks/keep-triggers.ts';
import { registerAnew } from '../../../shared/nimbus-webhooks/register-anew.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

const HELPDESK = 'helpdesk@contoso.example';

let simulator: NimbusSimulator;
beforeAll(async () => {
  simulator = await startNimbusSimulator({ port: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

function setUp() {
  const options = {
    baseUrl: simulator.baseUrl,
    webhooks: {
      callbackUrl: 'https://bridge.example/api/nimbus',
      callbackKey: 'key',
      services: [HELPDESK],
      taskEvents: [],
      schedulerEntryEvents: [],
      modalities: [],
      directions: [],
      quietMs: 0,
      businessHours: undefined,
    },
    nimbus: createNimbusClient({
      baseUrl: simulator.baseUrl,
      credentials: fixedBearer(nimbusBearerToken),
      beforeCall: async () => undefined,
      fetch,
      clock: Date.now,
      timeoutMs: 5_000,
    }),
    table: new MemoryTable(),
    clock: Date.now,
    log: new RecordingLog(),
  };
  return { ...options, options, keep: () => keepTriggers({ ...options, lookups: options.nimbus }) };
}

const triggers = () => simulator.state().triggers.map(({ id, webhook }) => ({ id, webhook }));
const changes = () =>
  simulator
    .requests()
    .filter(({ path }) => path.startsWith('/v1/triggers/tasks'))
    .map(({ method }) => method);

describe('registerAnew', () => {
  it('puts new triggers in the place of the remembered ones, each before the old one is deleted', async () => {
    const { options, keep } = setUp();
    await keep();
    const old = triggers();
    await registerAnew(options);
    expect(triggers().map(({ webhook }) => webhook)).toEqual(['task', 'schedulerEntry']);
    for (const { id } of triggers()) expect(old.map((trigger) => trigger.id)).not.toContain(id);
    expect(changes()).toEqual(['POST', 'POST', 'DELETE']);
    expect((await keep()).changed).toBe(0);
  });

  it('registers what Nimbus forgot', async () => {
    const { options, keep } = setUp();
    await keep();
    simulator.clear();
    await registerAnew(options);
    expect(triggers()).toHaveLength(2);
  });

  it('leaves alone what was removed by hand', async () => {
    const { options, keep } = setUp();
    await keep();
    await removeTriggers(options);
    await registerAnew(options);
    expect(triggers()).toEqual([]);
  });

  it('says so when it could not register all, remembers what is still there, and makes up for it when called again', async () => {
    const { options, keep } = setUp();
    await keep();
    const old = triggers();
    simulator.answerNext({ match: { path: '/v1/triggers/tasks' }, status: 503 });
    await expect(registerAnew(options)).rejects.toThrow('not every webhook could be registered');
    expect((await keep()).registered.map(({ webhook }) => webhook)).toEqual(['task', 'schedulerEntry']);
    await registerAnew(options);
    expect(triggers()).toHaveLength(2);
    for (const { id } of triggers()) expect(old.map((trigger) => trigger.id)).not.toContain(id);
    expect((await keep()).problems).toEqual([]);
  });

  it('leaves the triggers to a process that changes them now', async () => {
    const { options, table } = setUp();
    const until = new Date(Date.now() + 60_000).toISOString();
    await table.insert({ partitionKey: 'triggers', rowKey: 'lease', until });
    await expect(registerAnew(options)).rejects.toThrow('another process changes the webhooks now');
    expect(changes()).toEqual([]);
  });
});
