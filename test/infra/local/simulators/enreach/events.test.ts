import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  documentedEventNames,
  documentedEvents,
  findEvent,
} from '../../../../../infra/local/simulators/enreach/event-catalogue.ts';
import { type StoryName, stories } from '../../../../../infra/local/simulators/enreach/stories.ts';
import type { RawHubClient } from '../../../../interop/raw-hub-client.ts';
import { type HubUnderTest, messagesOf, startHubUnderTest, waiting } from './hub-under-test.ts';

const nowMs = Date.UTC(2026, 1, 3, 12, 30, 15, 250);

let hub: HubUnderTest;
let client: RawHubClient;
beforeAll(async () => {
  hub = await startHubUnderTest({ clock: () => nowMs });
  const entities = { user: hub.me, queue: hub.queue, callList: hub.callList };
  client = await hub.rawClient(...documentedEvents.map(({ name, entity }) => [entities[entity], name] as const));
});
afterEach(() => {
  hub.enreach.clear();
  client.records.splice(0);
});
afterAll(() => hub.close());

async function received(count = 1): Promise<unknown[]> {
  await expect.poll(() => messagesOf(client).length, waiting).toBe(count);
  return messagesOf(client).map((args) => (Array.isArray(args) && args.length === 1 ? args[0] : args));
}

describe('an event', () => {
  it('comes with plausible data, in camelCase and with dates without zone', async () => {
    expect(hub.enreach.raise('UserAvailability', hub.me)).toEqual({
      serial: 1,
      eventName: 'UserAvailability',
      entityId: hub.me,
      deliveredTo: 1,
    });
    expect(await received()).toEqual([
      {
        subscription: { entityId: hub.me, eventName: 'useravailability' },
        data: {
          eventType: 1,
          availability: 'Available',
          endTime: '9999-12-31T23:59:59.9999999',
          eventSource: 'api',
          note: '',
          organizationId: hub.enreach.directory.organizationId,
          profileId: expect.stringMatching(/^[\da-f-]{36}$/),
          startTime: '2026-02-03T12:30:15.2500000',
          userId: hub.me,
          userName: hub.enreach.directory.users[0]?.username,
        },
      },
    ]);
  });

  it.each(documentedEventNames)('%s has every documented field', async (name) => {
    const event = findEvent(name);
    const entity = { user: hub.me, queue: hub.queue, callList: hub.callList }[event?.entity ?? 'user'];
    expect(hub.enreach.raise(name, entity).deliveredTo).toBe(1);
    const [message] = await received();
    const fields = event?.fields.map(({ wireName }) => wireName) ?? [];
    expect(Object.keys(Object(Reflect.get(Object(message), 'data'))).sort()).toEqual([...fields, 'eventType'].sort());
  });

  it('takes values in place of its own, and its serial number where one wants it', async () => {
    const raise = () => hub.enreach.raise('UserAlert', hub.me, (serial) => ({ value: String(serial), more: [serial] }));
    expect([raise(), raise()].map(({ serial }) => serial)).toEqual([1, 2]);
    expect(await received(2)).toMatchObject([{ data: { value: '1', more: [1] } }, { data: { value: '2', more: [2] } }]);
    expect(hub.enreach.raised()).toHaveLength(2);
  });

  it.each<[string, Parameters<HubUnderTest['enreach']['behave']>[0], string, object]>([
    [
      'PascalCase',
      { dataKeys: 'pascal' },
      'UserCallInComing',
      { data: { EventType: 10, Username: expect.any(String), LegId: 'leg-1' } },
    ],
    ['PascalCase of acronyms', { dataKeys: 'pascal' }, 'UserConfigurationSetNextCLI', { data: { TimeToLive: 1 } }],
    [
      'a PascalCase subscription',
      { subscriptionKeys: 'pascal' },
      'UserAlert',
      { subscription: { EventName: 'useralert' } },
    ],
    ['the other user name', { userNameKey: 'swapped' }, 'UserCallInComing', { data: { userName: expect.any(String) } }],
    [
      'and the other way round',
      { userNameKey: 'swapped' },
      'UserCallOutGoing',
      { data: { username: expect.any(String) } },
    ],
    [
      'dates with zone',
      { dates: 'withZ' },
      'UserAvailability',
      { data: { startTime: '2026-02-03T12:30:15.2500000Z' } },
    ],
    ['a text eventType', { eventType: 'text' }, 'UserAlert', { data: { eventType: 'UserAlert' } }],
    ['extra fields', { extraFields: true }, 'UserStatus', { data: { fetchMode: true, vendorNote: { level: 2 } } }],
    ['a serial number', { serialField: 'serial' }, 'UserStatus', { data: { serial: 1 } }],
  ])('is spelled as wanted: %s', async (_name, behaviour, event, expected) => {
    hub.enreach.behave(behaviour);
    hub.enreach.raise(event, hub.me);
    expect(await received()).toMatchObject([expected]);
  });

  it('may lack its eventType', async () => {
    hub.enreach.behave({ eventType: 'absent' });
    hub.enreach.raise('UserQueueAlert', hub.me);
    const [message] = await received();
    expect(message).toMatchObject({ data: { queueId: hub.queue } });
    expect(message).not.toHaveProperty('data.eventType');
  });

  it('may come twice, and counts as one', async () => {
    hub.enreach.behave({ duplicates: 1 });
    expect(hub.enreach.raise('UserAlert', hub.me).deliveredTo).toBe(1);
    const [first, second] = await received(2);
    expect(second).toEqual(first);
    expect(hub.enreach.raised()).toHaveLength(1);
  });

  it('that is not documented goes to those who hear of its entity', async () => {
    expect(hub.enreach.raise('UserWrapUpStarted', hub.me, { userId: hub.me }).deliveredTo).toBe(1);
    expect(hub.enreach.raise('UserWrapUpStarted', 'somebody else').deliveredTo).toBe(0);
    expect(await received()).toMatchObject([
      { subscription: { eventName: 'userwrapupstarted' }, data: { userId: hub.me } },
    ]);
  });

  it('may be malformed in many ways, none of which ends the connection', async () => {
    const raised = hub.enreach.raiseMalformed(26);
    expect(raised.every(({ deliveredTo }) => deliveredTo === 1)).toBe(true);
    await received(26);
    expect(new Set(messagesOf(client).map((message) => JSON.stringify(message))).size).toBe(13);
    expect(client.closeCode()).toBeUndefined();
  });
});

describe('stories', () => {
  const names = Object.keys(stories).filter((name): name is StoryName => name in stories);

  it('tell of every documented event', () => {
    const told = new Set(names.flatMap((name) => stories[name].map(({ event }) => event)));
    expect([...told].sort()).toEqual([...documentedEventNames].sort());
  });

  it.each(names)('%s reaches who is subscribed, in its order and about one call', async (name) => {
    const raised = hub.enreach.playStory(name, { user: hub.me });
    expect(raised.map(({ eventName }) => eventName)).toEqual(stories[name].map(({ event }) => event));
    expect(raised.every(({ deliveredTo }) => deliveredTo === 1)).toBe(true);
    const messages = await received(raised.length);
    const callIds = messages.map((message) => Reflect.get(Object(Reflect.get(Object(message), 'data')), 'callId'));
    expect(new Set(callIds.filter((id) => id != null)).size).toBeLessThanOrEqual(1);
    expect(messages).toMatchObject(
      raised.map(({ eventName }) => ({ subscription: { eventName: eventName?.toLowerCase() } })),
    );
  });

  it('differ in their calls', async () => {
    hub.enreach.playStory('outboundCall', { user: hub.me });
    hub.enreach.playStory('outboundCall', { user: hub.me });
    const messages = await received(6);
    const callIds = messages.map((message) => Reflect.get(Object(Reflect.get(Object(message), 'data')), 'callId'));
    expect(new Set(callIds).size).toBe(2);
  });
});
