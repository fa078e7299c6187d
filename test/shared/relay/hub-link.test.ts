import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { openHubLink } from '../../../shared/relay/hub-link.ts';
import type { HubLinkTiming, QueueSnapshot } from '../../../shared/relay/hub-link-options.ts';
import type { Gap } from '../../../shared/relay/subscription-keeper.ts';
import { parseSubscriptionRules } from '../../../shared/relay/subscription-rules.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { eventNames, FakeEnreach, FakeHub, ME, SALES, SUPPORT } from './fake-hub.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const rulesOf = (rules: unknown) => parseSubscriptionRules(JSON.stringify(rules), 'rules');

const timing = {
  connectTimeoutMs: 5_000,
  callTimeoutMs: 5_000,
  reconnect: { baseMs: 1_000, capMs: 30_000 },
  stableAfterMs: 10_000,
  retryRefused: { baseMs: 30_000, capMs: 900_000 },
  refreshMs: 900_000,
  closeTimeoutMs: 2_000,
} satisfies Partial<HubLinkTiming>;

/** A link whose jitter is always the longest. */
function linked(
  rules: unknown = [{ queuesOf: 'me', events: '*' }],
  prepare = (_hub: FakeHub, _api: FakeEnreach) => {},
) {
  const hub = new FakeHub();
  const enreach = new FakeEnreach();
  prepare(hub, enreach);
  const log = new RecordingLog();
  const messages: unknown[] = [];
  const gaps: Gap[] = [];
  const snapshots: QueueSnapshot[] = [];
  const transitions: string[] = [];
  const link = openHubLink({
    enreach,
    rules: rulesOf(rules),
    eventNames,
    onMessage: (message) => {
      if (message === 'poison') throw new Error('from a.berg');
      messages.push(message);
    },
    onGap: (gap) => void gaps.push(gap),
    onSnapshot: (snapshot) => void snapshots.push(snapshot),
    onUp: () => void transitions.push('up'),
    onDown: (reason) => void transitions.push(reason),
    log,
    fetch: () => Promise.reject(new Error('not in this test')),
    clock: () => Date.now(),
    random: () => 1,
    timing,
    connect: hub.connect,
  });
  return { hub, enreach, log, messages, gaps, snapshots, transitions, link };
}

/** Lets everything happen that needs no time. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the first connection', () => {
  it('comes up subscribed, with one token for both questions of the start', async () => {
    const { hub, enreach, link, transitions, gaps } = linked();
    await link.firstUp;
    expect(hub.last.tokens).toEqual(['jwt-1', 'jwt-1']);
    expect([enreach.tokens, hub.last.subscribed.size, transitions, gaps]).toEqual([1, 4, ['up'], []]);
    expect(hub.last.options.url).toBe('http://hub.example/rte');
    expect(link.status()).toEqual({
      connectedSinceMs: 1_000_000,
      reconnects: 0,
      subscriptions: { active: 4, refused: [] },
      lastGap: undefined,
      received: 0,
      lastAliveMs: 1_000_000,
    });
    expect(link.activeSubscriptions()).toHaveLength(4);
    expect(await link.availableSubscriptions()).toEqual(hub.available);
  });

  it('gives a new token to a hub that refuses the old one later', async () => {
    const { hub, link } = linked();
    await link.firstUp;
    expect(await hub.last.options.accessToken()).toBe('jwt-2');
  });

  it('rejects when Enreach refuses, and tries no more', async () => {
    const { link, enreach } = linked(
      undefined,
      (_hub, api) => void api.accessFailures.push(new PermanentError('refused')),
    );
    await expect(link.firstUp).rejects.toThrow(PermanentError);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(enreach.tokens).toBe(0);
    await link.close();
  });

  it('is tried until the network is there', async () => {
    const { link, log, hub, transitions } = linked(undefined, (fake, api) => {
      api.accessFailures.push(new TransientError('no network'), new TransientError('no network'));
      fake.starts.push(new TransientError('The RTE hub answered 503'));
    });
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);
    await link.firstUp;
    expect([hub.connections.length, hub.connections[0]?.isStopped, transitions]).toEqual([2, true, ['up']]);
    expect(log.text).toContain('warn RTE hub not connected attempt=3 reason="The RTE hub answered 503"');
  });
});

describe('a lost connection', () => {
  it.each([
    ['with an error', new Error('Server timeout elapsed'), 'Server timeout elapsed'],
    ['without one', undefined, 'closed by the hub'],
  ])('%s is replaced by another, with a new token and all subscriptions', async (_how, error, reason) => {
    const { hub, link, transitions } = linked();
    await link.firstUp;
    hub.last.drop(error);
    await settle();
    expect(link.status()).toMatchObject({ connectedSinceMs: undefined, subscriptions: { active: 0 } });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hub.connections.map(({ tokens, subscribed, isStopped }) => [tokens, subscribed.size, isStopped])).toEqual([
      [['jwt-1', 'jwt-1'], 0, true],
      [['jwt-2', 'jwt-2'], 4, false],
    ]);
    expect(transitions).toEqual(['up', reason, 'up']);
    expect(link.status()).toMatchObject({ connectedSinceMs: 1_001_000, reconnects: 1, subscriptions: { active: 4 } });
  });

  it('makes a gap from the last sign of life, and then has queues read', async () => {
    const { hub, enreach, link, gaps, snapshots } = linked();
    await link.firstUp;
    await vi.advanceTimersByTimeAsync(20_000);
    hub.last.alive();
    await vi.advanceTimersByTimeAsync(30_000);
    const before = enreach.queueReads;
    hub.last.drop(new Error('Server timeout elapsed'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gaps).toEqual([{ fromMs: 1_020_000, toMs: 1_051_000, subscriptions: link.activeSubscriptions() }]);
    expect(link.status().lastGap).toEqual({ fromMs: 1_020_000, toMs: 1_051_000 });
    expect(snapshots).toEqual([
      { queueId: SALES, status: { QueueLength: 1 }, readAtMs: 1_051_000 },
      { queueId: SUPPORT, status: { QueueLength: 2 }, readAtMs: 1_051_000 },
    ]);
    expect(enreach.queueReads - before).toBe(2);
  });

  it.each(['before', 'after'])(
    'that a process before this one had is told as such a gap, known %s it',
    async (when) => {
      const { hub, link, gaps, snapshots } = linked();
      if (when === 'before') link.missedSince(900_000);
      await link.firstUp;
      if (when === 'after') link.missedSince(900_000);
      await settle();
      expect(gaps).toEqual([{ fromMs: 900_000, toMs: 1_000_000, subscriptions: link.activeSubscriptions() }]);
      expect(link.status().lastGap).toEqual({ fromMs: 900_000, toMs: 1_000_000 });
      expect(snapshots.map(({ queueId }) => queueId)).toEqual([SALES, SUPPORT]);
      expect([hub.connections.length, hub.last.count('Subscribe')]).toEqual([1, 1]);
    },
  );

  it('has queues read that come up only after the next connection', async () => {
    const { enreach, link, gaps, snapshots } = linked([{ queuesOf: 'me', events: ['QueueStatus'] }], (_hub, api) => {
      api.queueFailures.push(new TransientError('away'));
    });
    link.missedSince(900_000);
    await link.firstUp;
    expect([gaps, snapshots, enreach.queueReads]).toEqual([[], [], 1]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(gaps).toEqual([{ fromMs: 900_000, toMs: 1_030_000, subscriptions: link.activeSubscriptions() }]);
    expect(snapshots.map(({ queueId }) => queueId)).toEqual([SALES, SUPPORT]);
  });

  it('has queues read again until that succeeds', async () => {
    const { hub, enreach, link, snapshots } = linked([{ entity: SALES, events: ['QueueStatus'] }]);
    await link.firstUp;
    enreach.queueFailures.push(new TransientError('away'), new TransientError('away'));
    hub.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(snapshots).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000 + 2_000);
    expect(snapshots.map(({ queueId }) => queueId)).toEqual([SALES]);
  });

  it('has no queues read where none were heard of', async () => {
    const { hub, enreach, link } = linked([{ users: ['me'], events: '*' }]);
    await link.firstUp;
    hub.last.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([link.status().reconnects, enreach.queueReads]).toEqual([1, 0]);
  });

  it('is replaced by growing delays, for ever, also when Enreach refuses for a while', async () => {
    const { hub, enreach, link, log } = linked();
    await link.firstUp;
    await vi.advanceTimersByTimeAsync(10_000);
    enreach.accessFailures.push(
      ...Array.from({ length: 20 }, () => new TransientError('away')),
      new PermanentError('refused'),
    );
    hub.last.drop();
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 15 * 30_000);
    expect([enreach.accessFailures.length, hub.connections.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(log.text).toContain('error RTE hub not connected');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(link.status().connectedSinceMs).toBeDefined();
  });

  it('is not replaced sooner than the hub or EnreachAPI asks for', async () => {
    const { hub, link } = linked();
    await link.firstUp;
    hub.starts.push(new TransientError('The RTE hub answered 429', { httpStatus: 429, retryAfterMs: 60_000 }));
    hub.last.drop();
    await vi.advanceTimersByTimeAsync(1_000 + 59_999);
    expect(hub.connections).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(hub.connections).toHaveLength(3);
  });

  it('that comes up and goes down at once is tried less and less often', async () => {
    const { hub, link } = linked();
    await link.firstUp;
    const delays: number[] = [];
    for (let round = 1; round <= 4; round += 1) {
      const droppedMs = Date.now();
      hub.last.drop();
      while (hub.connections.length === round) await vi.advanceTimersByTimeAsync(500);
      delays.push(Date.now() - droppedMs);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
  });
});

it('a connection that was up for long is replaced after the lowest delay again', async () => {
  const { hub, link } = linked(undefined, (_hub, api) => {
    api.accessFailures.push(...Array.from({ length: 4 }, () => new TransientError('away')));
  });
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000 + 8_000);
  await link.firstUp;
  await vi.advanceTimersByTimeAsync(timing.stableAfterMs);
  hub.last.drop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(link.status().reconnects).toBe(1);
});

describe('a connection on which subscribing', () => {
  it.each([
    ['fails', () => Promise.reject(new Error('oops')), 0],
    ['hangs', () => new Promise(() => {}), timing.callTimeoutMs],
  ])('%s is dropped, and another one made', async (_how, outcome, afterMs) => {
    const { hub, link, transitions, messages } = linked();
    hub.answer = (method, connection) =>
      method === 'Subscribe' && connection === hub.connections[0] ? outcome() : undefined;
    await settle();
    hub.last.deliver('early');
    await vi.advanceTimersByTimeAsync(afterMs + 1_000);
    await link.firstUp;
    expect([hub.connections.length, hub.connections[0]?.isStopped, transitions]).toEqual([2, true, ['up']]);
    expect(messages).toEqual(['early']);
  });

  it('is cut short by its end gives way at once', async () => {
    const { hub, link } = linked();
    hub.answer = (method, connection) =>
      method === 'Subscribe' && connection === hub.connections[0] ? new Promise(() => {}) : undefined;
    await settle();
    hub.last.drop(new Error('reset'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hub.connections).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(timing.callTimeoutMs);
    expect(link.status().subscriptions.active).toBe(4);
  });

  it('can not begin, because connecting hangs, is given up', async () => {
    const { hub, link } = linked(undefined, (fake) => void fake.starts.push('hangs'));
    await vi.advanceTimersByTimeAsync(3 * timing.connectTimeoutMs + 1_000);
    await link.firstUp;
    expect(hub.connections.map(({ isStopped }) => isStopped)).toEqual([true, false]);
  });
});

describe('messages', () => {
  it('are handed over in order, and counted; one that is not taken costs nothing else', async () => {
    const { hub, link, messages, log } = linked();
    await link.firstUp;
    for (const message of ['a', 'poison', 'b']) hub.last.deliver(message);
    expect([messages, link.status().received]).toEqual([['a', 'b'], 3]);
    expect(log.text).toContain('error message not taken');
  });
});

describe('refused subscriptions', () => {
  it('are retried with growing delays, while the others stay', async () => {
    const { hub, link, transitions } = linked(undefined, (fake) => {
      fake.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    });
    await link.firstUp;
    expect(link.status().subscriptions).toEqual({
      active: 3,
      refused: [{ entityId: SALES, eventName: 'QueueStatus', reason: 'Unauthorized' }],
    });
    await vi.advanceTimersByTimeAsync(30_000 + 60_000);
    expect(hub.last.count('Subscribe')).toBe(3);
    hub.refusals.clear();
    await vi.advanceTimersByTimeAsync(120_000);
    expect([link.status().subscriptions, transitions]).toEqual([{ active: 4, refused: [] }, ['up']]);
  });

  it('do not cost the connection when asking again fails', async () => {
    const { hub, link, log } = linked(undefined, (fake) => {
      fake.refusals.set(`${SALES}|queuestatus`, 'Unauthorized');
    });
    await link.firstUp;
    hub.answer = (method) => (method === 'Subscribe' ? Promise.reject(new Error('oops')) : undefined);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(log.text).toContain('warn subscriptions not refreshed reason="The RTE hub failed at Subscribe"');
    hub.answer = undefined;
    hub.refusals.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([hub.connections.length, link.status().subscriptions.active]).toEqual([1, 4]);
  });
});

it('a queue that comes is subscribed within the refresh time', async () => {
  const { enreach, link } = linked([{ queuesOf: 'me', events: ['QueueStatus'] }], (_hub, api) => {
    api.queues = [{ id: SALES, status: undefined }];
  });
  await link.firstUp;
  enreach.queues = [...enreach.queues, { id: SUPPORT, status: undefined }];
  await vi.advanceTimersByTimeAsync(timing.refreshMs);
  expect(link.status().subscriptions.active).toBe(2);
});

describe('a new wish list', () => {
  it('is applied at once', async () => {
    const { hub, link } = linked();
    await link.firstUp;
    await link.resubscribe(rulesOf([{ users: ['me'], events: ['UserStatus'] }]));
    expect([...hub.last.subscribed]).toEqual([`${ME}|userstatus`]);
  });

  it('waits for the next connection when there is none', async () => {
    const { hub, link, gaps } = linked();
    await link.firstUp;
    hub.last.drop();
    await settle();
    await link.resubscribe(rulesOf([{ users: ['me'], events: ['UserStatus'] }]));
    await vi.advanceTimersByTimeAsync(1_000);
    expect([[...hub.last.subscribed], gaps]).toEqual([[`${ME}|userstatus`], []]);
    await expect(link.availableSubscriptions()).resolves.toEqual(hub.available);
  });
});

describe('closing', () => {
  it('unsubscribes and disconnects, and nothing comes afterwards', async () => {
    const { hub, link, transitions, gaps, messages } = linked();
    await link.firstUp;
    await link.close();
    expect([hub.last.count('UnsubscribeAll'), hub.last.isStopped]).toEqual([1, true]);
    hub.last.deliver('late');
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect([transitions, gaps, messages, hub.connections.length]).toEqual([['up'], [], [], 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait long for a hub that is silent', async () => {
    const { hub, link } = linked();
    await link.firstUp;
    hub.answer = () => new Promise(() => {});
    const closed = link.close();
    await vi.advanceTimersByTimeAsync(timing.closeTimeoutMs);
    await closed;
    expect(hub.last.isStopped).toBe(true);
  });

  it('while there is no connection tells the gap', async () => {
    const { hub, link, gaps } = linked();
    await link.firstUp;
    hub.last.drop();
    await vi.advanceTimersByTimeAsync(500);
    await link.close();
    expect(gaps).toMatchObject([{ fromMs: 1_000_000, toMs: 1_000_500 }]);
    await expect(link.availableSubscriptions()).rejects.toThrow(TransientError);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(hub.connections).toHaveLength(1);
  });

  it('before the link was ever up ends the attempt', async () => {
    const { hub, link } = linked(undefined, (fake) => void fake.starts.push('hangs'));
    await settle();
    await link.close();
    await link.firstUp;
    expect(hub.last.isStopped).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect([hub.connections.length, vi.getTimerCount()]).toEqual([1, 0]);
  });
});
