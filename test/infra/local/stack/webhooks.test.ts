import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AcdSimulator, startAcdSimulator } from '../../../../infra/local/simulators/acd/simulator.ts';
import { schedulerEntryEvents, taskEvents } from '../../../../infra/local/simulators/nimbus/lookups.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../../infra/local/simulators/nimbus/simulator.ts';
import { registerWebhooks, setAcdReceiver } from '../../../../infra/local/stack/webhooks.ts';

let nimbus: NimbusSimulator;
let acd: AcdSimulator;

beforeAll(async () => {
  nimbus = await startNimbusSimulator({ port: 0, services: ['one@contoso.example', 'two@contoso.example'] });
  acd = await startAcdSimulator({ port: 0 });
});

afterAll(() => Promise.all([nimbus?.close(), acd?.close()]));

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

describe('the address that the jtel ACD simulator posts to', () => {
  it('has the key, and says which are voice mails', async () => {
    await setAcdReceiver(acd.baseUrl, 'http://127.0.0.1:9', 'a key/with&signs');

    const callbackUrl = 'http://127.0.0.1:9/api/acd/callbacks?code=a%20key%2Fwith%26signs';
    expect(acd.state().behaviour).toMatchObject({ callbackUrl, voicemailUrl: `${callbackUrl}&kind=voicemail` });
  });

  it('is a matter of the simulator, which can refuse it', async () => {
    await expect(setAcdReceiver(acd.baseUrl, 'nowhere', 'key')).rejects.toThrow('the jtel ACD simulator answered 400');
  });
});
