import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TransientError } from '../../../shared/errors.ts';
import { createHubMethods } from '../../../shared/relay/hub-methods.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { FakeHub, ME, SALES } from './fake-hub.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function methods() {
  const hub = new FakeHub();
  const connection = hub.connect({
    url: '',
    accessToken: async () => '',
    receiver: { onAlive: () => {}, onMessage: () => {} },
    clock: Date.now,
    log: new RecordingLog(),
    fetch,
    connectTimeoutMs: 0,
    serverTimeoutMs: 0,
    keepAliveMs: 0,
  });
  return { hub, connection: hub.last, methods: createHubMethods(connection, 1_000) };
}

const item = { entityId: ME, eventName: 'UserStatus' };

describe('the methods of the hub', () => {
  it('take and give items in the documented casing', async () => {
    const { hub, connection, methods: hubMethods } = methods();
    hub.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    expect(await hubMethods.subscribe([item, { entityId: SALES, eventName: 'QueueStatus' }])).toEqual([
      { subscribed: false, message: 'Unauthorized', entityId: SALES, eventName: 'queuestatus' },
      { subscribed: true, message: undefined, entityId: ME, eventName: 'userstatus' },
    ]);
    expect(await hubMethods.unsubscribe([item])).toEqual([
      { subscribed: false, message: undefined, entityId: ME, eventName: 'userstatus' },
    ]);
    await hubMethods.unsubscribeAll();
    expect(connection.calls).toEqual([
      {
        method: 'Subscribe',
        items: [
          { EntityId: ME, EventName: 'UserStatus' },
          { EntityId: SALES, EventName: 'QueueStatus' },
        ],
      },
      { method: 'Unsubscribe', items: [{ EntityId: ME, EventName: 'UserStatus' }] },
      { method: 'UnsubscribeAll', items: [] },
    ]);
  });

  it('read results in any casing, and leave out what is none', async () => {
    const { hub, methods: hubMethods } = methods();
    hub.answer = async () => [null, {}, { Subscribed: true, EntityId: ME, EventName: 'UserStatus' }];
    expect(await hubMethods.subscribe([item])).toEqual([{ ...item, subscribed: true, message: undefined }]);
    hub.answer = async () => ['UserStatus', 7, null];
    expect(await hubMethods.availableSubscriptions()).toEqual(['UserStatus']);
    hub.answer = async () => ({ unexpected: true });
    expect([await hubMethods.subscribe([item]), await hubMethods.availableSubscriptions()]).toEqual([[], []]);
  });

  it.each([
    ['before the empty result', (send: () => void) => send(), null],
    ['after it', (send: () => void) => setTimeout(send, 100), undefined],
  ])('take results that come as messages, %s', async (_when, schedule, result) => {
    const { hub, connection, methods: hubMethods } = methods();
    hub.answer = async (method) => {
      schedule(() => {
        if (method === 'Subscribe') connection.send('SubscribeDetails', [{ ...item, subscribed: true }]);
        else connection.send('AvailableSubscriptions', ['UserStatus']);
      });
      return result;
    };
    const results = Promise.all([hubMethods.subscribe([item]), hubMethods.availableSubscriptions()]);
    await vi.advanceTimersByTimeAsync(100);
    expect(await results).toEqual([[{ ...item, subscribed: true, message: undefined }], ['UserStatus']]);
    connection.send('UnsubscribeAllDetails', true);
  });

  it('fail as transient errors, without what the hub said', async () => {
    const { hub, methods: hubMethods } = methods();
    hub.answer = () => Promise.reject(new Error('user a.berg@corp.example'));
    await expect(hubMethods.subscribe([item])).rejects.toThrow(new TransientError('The RTE hub failed at Subscribe'));
  });

  it('do not wait for ever', async () => {
    const { hub, methods: hubMethods } = methods();
    hub.answer = (method) => (method === 'Subscribe' ? new Promise(() => {}) : Promise.resolve(null));
    const failures = Promise.allSettled([hubMethods.subscribe([item]), hubMethods.unsubscribeAll()]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await failures).toEqual([
      { status: 'rejected', reason: new TransientError('Subscribe at the RTE hub took more than 1000 ms') },
      { status: 'rejected', reason: new TransientError('UnsubscribeAll at the RTE hub took more than 1000 ms') },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
