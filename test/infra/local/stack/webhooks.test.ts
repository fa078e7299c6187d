import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schedulerEntryEvents, taskEvents } from '../../../../infra/local/simulators/nimbus/lookups.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../../infra/local/simulators/nimbus/simulator.ts';
import { registerWebhooks } from '../../../../infra/local/stack/webhooks.ts';

let nimbus: NimbusSimulator;

beforeAll(async () => {
  nimbus = await startNimbusSimulator({ port: 0, services: ['one@contoso.example', 'two@contoso.example'] });
});

afterAll(() => nimbus?.close());

beforeEach(() => nimbus.clear());

const register = () => registerWebhooks(nimbus.baseUrl, 'http://127.0.0.1:9', 'a key/with&signs');

describe('the registration of the bridge with the Nimbus simulator', () => {
  it('is for every service and event of both webhooks, with the key in the address', async () => {
    await register();

    const services = ['one@contoso.example', 'two@contoso.example'];
    const code = 'a%20key%2Fwith%26signs';
    expect(nimbus.state().triggers.map(({ webhook, config }) => ({ webhook, config }))).toEqual([
      {
        webhook: 'task',
        config: {
          url: `http://127.0.0.1:9/api/nimbus/tasks?code=${code}`,
          services,
          events: taskEvents.map(({ value }) => value),
        },
      },
      {
        webhook: 'schedulerEntry',
        config: {
          url: `http://127.0.0.1:9/api/nimbus/scheduler-entries?code=${code}`,
          services,
          events: schedulerEntryEvents.map(({ value }) => value),
        },
      },
    ]);
  });

  it('says which call was refused, and how', async () => {
    nimbus.answerNext({ match: { path: '/v1/triggers/tasks' }, status: 403 });

    await expect(register()).rejects.toThrow('the Nimbus simulator answered 403 to POST /v1/triggers/tasks');
    expect(nimbus.state().triggers).toEqual([]);
  });
});
