import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../call.ts';
import { type HubUnderTest, messagesOf, startHubUnderTest, waiting } from './hub-under-test.ts';

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterEach(() => hub.reset());
afterAll(() => hub.close());

const control = async (method: string, path: string, body?: unknown) => {
  const answer = await call(method, `${hub.enreach.origin}/_simulator/${path}`, body === undefined ? {} : { body });
  return [answer.status, answer.body];
};

describe('the controls over HTTP', () => {
  it('raise events, stories, floods and malformed messages, and tell how far they got', async () => {
    const client = await hub.rawClient([hub.me, 'UserStatus'], [hub.queue, 'QueueCallInArrived']);
    const raised = { eventName: 'UserStatus', entityId: hub.me };
    expect(await control('POST', 'raise', { ...raised, data: { talking: true } })).toEqual([
      200,
      { serial: 1, ...raised, deliveredTo: 1 },
    ]);
    expect(await control('POST', 'stories/availabilityChanged')).toMatchObject([200, { length: 4 }]);
    expect(await control('POST', 'flood', { count: 3, entities: [hub.queue] })).toMatchObject([200, { deliveries: 3 }]);
    expect(await control('POST', 'malformed')).toMatchObject([200, [{ deliveredTo: 1 }]]);
    expect(await control('GET', 'raised')).toMatchObject([200, { length: 1 + 4 + 3 + 1 }]);
    await expect.poll(() => messagesOf(client).length, waiting).toBe(1 + 3 + 1);
    expect(messagesOf(client)[0]).toMatchObject([{ data: { talking: true } }]);
  });

  it('end and silence connections', async () => {
    const client = await hub.rawClient();
    expect(await control('POST', 'silence')).toEqual([204, undefined]);
    expect(hub.enreach.state().connections).toMatchObject([{ isSilent: true }]);
    expect(await control('POST', 'drop', { how: 'reset' })).toEqual([200, { dropped: 1 }]);
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
    expect(await control('POST', 'drop')).toEqual([200, { dropped: 0 }]);
  });

  it('expire tokens, refuse and allow items, plan faults of hub calls, and change the behaviour', async () => {
    const token = await hub.token();
    expect(await control('POST', 'expire-tokens')).toEqual([204, undefined]);
    expect((await call('POST', `${hub.enreach.hubUrl}/negotiate`, { token })).status).toBe(401);

    const item = { entityId: hub.me, eventName: 'UserStatus' };
    expect(await control('PUT', 'refusals', item)).toEqual([204, undefined]);
    await hub.rawClient([hub.me, 'UserStatus']);
    expect(hub.enreach.state().connections).toMatchObject([{ subscriptions: 0 }]);
    expect(await control('DELETE', 'refusals', item)).toEqual([204, undefined]);
    await hub.rawClient([hub.me, 'UserStatus']);
    expect(hub.enreach.state().connections).toMatchObject([{ subscriptions: 0 }, { subscriptions: 1 }]);

    expect(await control('POST', 'hub-faults', { method: 'Subscribe', error: 'Broken.' })).toEqual([204, undefined]);
    const client = hub.client();
    await client.start();
    await expect(client.invoke('Subscribe', [])).rejects.toThrow('Broken.');

    expect(await control('PATCH', 'behaviour', { duplicates: 2 })).toEqual([204, undefined]);
    expect(hub.enreach.state().behaviour.duplicates).toBe(2);
    expect(await control('DELETE', 'state')).toEqual([204, undefined]);
    expect(hub.enreach.state().behaviour.duplicates).toBe(0);
  });

  it.each<[string, string, unknown, RegExp]>([
    ['POST', 'raise', { eventName: 'UserStatus' }, /entityId/],
    ['POST', 'stories/nope', undefined, /no story nope, but: queueCallAnswered/],
    ['POST', 'flood', {}, /count/],
    ['POST', 'drop', { how: 'gently' }, /how/],
    ['PUT', 'refusals', {}, /entityId/],
    ['POST', 'hub-faults', { times: 0 }, /times/],
    ['PATCH', 'behaviour', { tokenLifetime: 1 }, /tokenLifetime/],
    ['PATCH', 'behaviour', [], /JSON object/],
  ])('refuse %s %s %j and say why', async (method, path, body, problem) => {
    expect(await control(method, path, body)).toEqual([400, { error: expect.stringMatching(problem) }]);
  });
});
