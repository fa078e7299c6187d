import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentedEvents } from '../../../../../infra/local/simulators/enreach/event-catalogue.ts';
import { type HubUnderTest, messagesOf, startHubUnderTest, waiting } from './hub-under-test.ts';

let hub: HubUnderTest;
beforeAll(async () => {
  hub = await startHubUnderTest();
});
afterEach(() => hub.reset());
afterAll(() => hub.close());

const arrived = 'QueueCallInArrived';

describe('a flood', () => {
  it('reaches each subscriber in order, with serial numbers and calls in turn', async () => {
    const clients = [await hub.rawClient([hub.queue, arrived]), await hub.rawClient([hub.queue, arrived])];
    hub.enreach.raise('UserStatus', hub.me);
    hub.enreach.behave({ serialField: 'serial' });
    const result = await hub.enreach.flood({ count: 2_000, entities: [hub.queue], calls: 3 });
    expect(result).toMatchObject({ firstSerial: 2, lastSerial: 2_001, count: 2_000, deliveries: 4_000 });
    for (const client of clients) {
      await expect.poll(() => messagesOf(client).length, waiting).toBe(2_000);
      const data = messagesOf(client).map((args) => Object(Array.isArray(args) ? args[0] : args).data);
      expect(data.map(({ serial }) => serial)).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 2));
      expect(data[41]).toMatchObject({ legId: 'leg-43', callId: 'f100d000-0000-4000-8000-000000000002' });
      expect(new Set(data.map(({ callId }) => callId)).size).toBe(3);
    }
    expect(hub.enreach.state().connections.map(({ sent }) => sent)).toEqual([2_000, 2_000]);
    expect(hub.enreach.raised().filter(({ deliveredTo }) => deliveredTo === 2)).toHaveLength(2_000);
  });

  it('keeps to its rate, and to its events and entities in turn', async () => {
    await hub.rawClient([hub.queue, arrived]);
    const result = await hub.enreach.flood({ count: 200, perSecond: 2_000, events: [arrived, 'QueueStatus'] });
    expect(result.tookMs).toBeGreaterThan(90);
    const { queues } = hub.enreach.directory;
    expect(result.deliveries).toBe(200 / (2 * queues.length));
    const about = new Set(hub.enreach.raised().map(({ eventName, entityId }) => `${eventName} ${entityId}`));
    expect(about.size).toBe(2 * queues.length);
  });

  it('counts who was there while clients come and go', async () => {
    const client = await hub.rawClient([hub.queue, arrived]);
    const flood = hub.enreach.flood({ count: 1_000, perSecond: 5_000, entities: [hub.queue] });
    await expect.poll(() => messagesOf(client).length, waiting).toBeGreaterThan(100);
    hub.enreach.dropAll('end');
    await flood;
    await expect.poll(() => client.closeCode(), waiting).toBe(1006);
    const delivered = hub.enreach.raised().filter(({ deliveredTo }) => deliveredTo === 1);
    expect(delivered.length).toBeLessThan(1_000);
    expect(messagesOf(client)).toHaveLength(delivered.length);
  });

  it('ends with `clear`', async () => {
    const flood = hub.enreach.flood({ count: 1_000_000, perSecond: 1_000 });
    await expect.poll(() => hub.enreach.raised().length, waiting).toBeGreaterThan(0);
    hub.enreach.clear();
    expect((await flood).count).toBeLessThan(1_000_000);
  });

  it('serves 10,000 subscriptions of one connection', async () => {
    const large = await startHubUnderTest({ size: { users: 500 }, behaviour: { maxReceiveBytes: 4_000_000 } });
    const { users } = large.enreach.directory;
    const events = documentedEvents.filter(({ entity }) => entity === 'user').slice(0, 20);
    const names = events.map(({ name }) => name);
    await large.rawClient(...users.flatMap(({ id }) => names.map((name) => [id, name] as const)));
    expect(large.enreach.state().connections).toMatchObject([{ subscriptions: 10_000 }]);
    const { deliveries } = await large.enreach.flood({ count: 10_000, events: names });
    expect(deliveries).toBe(10_000);
    await large.close();
  });

  it('refuses a request that makes no sense', async () => {
    await expect(hub.enreach.flood({ count: 0 })).rejects.toThrow();
  });
});
