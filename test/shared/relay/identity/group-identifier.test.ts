import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TransientError } from '../../../../shared/errors.ts';
import { aMessage, RelayGroup, type SimulatedRelay } from './relay-group.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

/** Mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Raises occurrences all the time, a third of them with contents that come again and again. */
function startTraffic(group: RelayGroup, random: () => number): () => void {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    if (random() < 0.66) group.raise(`unique${count}`);
    else group.raise(`again${Math.floor(random() * 30)}`);
    if (random() < 0.05) group.raise(`unique${count}`);
  }, 20);
  return () => clearInterval(timer);
}

type Failure = 'kill' | 'close' | 'disconnect' | 'tableOutage' | 'reachOutage';

async function fail(group: RelayGroup, failure: Failure, random: () => number, victim: SimulatedRelay): Promise<void> {
  const durationMs = random() * 5_000;
  if (failure === 'kill' || failure === 'close') {
    if (failure === 'kill') victim.kill();
    else void victim.close();
    await vi.advanceTimersByTimeAsync(durationMs);
    group.add().connect();
  } else if (failure === 'disconnect') {
    victim.disconnect();
    await vi.advanceTimersByTimeAsync(durationMs);
    victim.connect();
  } else if (failure === 'tableOutage') {
    group.table.goDown();
    await vi.advanceTimersByTimeAsync(durationMs * 4);
    group.table.recover();
  } else {
    victim.isTableReachable = false;
    await vi.advanceTimersByTimeAsync(durationMs);
    victim.isTableReachable = true;
  }
}

describe('relays that fail one at a time', () => {
  test.each(['pair', 'standby'] as const)('%s: nothing is lost, nothing doubled', async (mode) => {
    const failures = fc.array(fc.constantFrom<Failure>('kill', 'close', 'disconnect', 'tableOutage', 'reachOutage'), {
      minLength: 2,
      maxLength: 4,
    });
    const delays = fc.constantFrom({}, { busDelayMs: 2_000 }, { busDelayMs: 20_000 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 2, max: 3 }),
        failures,
        delays,
        async (seed, size, plan, delay) => {
          vi.clearAllTimers();
          const random = randomOf(seed);
          const group = new RelayGroup({ mode, random, latencyMs: 300, tableLatencyMs: 60, ...delay });
          group.add().connect();
          await vi.advanceTimersByTimeAsync(500);
          const stop = startTraffic(group, random);
          for (let count = 1; count < size; count += 1) group.add().connect();
          await group.settle();
          for (const failure of plan) {
            // What only one relay has heard is its alone until the bus has confirmed it.
            await vi.advanceTimersByTimeAsync(delay.busDelayMs ?? 0);
            const victim = group.relays[Math.floor(random() * group.relays.length)];
            if (victim !== undefined) await fail(group, failure, random, victim);
            await vi.advanceTimersByTimeAsync(1_500);
            await group.settle();
            await vi.advanceTimersByTimeAsync(random() * 2_000);
          }
          stop();
          await vi.advanceTimersByTimeAsync(15_000 + 2 * (delay.busDelayMs ?? 0));
          expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
        },
      ),
      { numRuns: 10 },
    );
  });
});

/** What a relay has received, and the bus has not. */
function missing(group: RelayGroup, received: ReadonlyMap<string, number>): string[] {
  return [...received].filter(([content, count]) => (group.arrived.get(content)?.size ?? 0) < count).map(([c]) => c);
}

test('whatever fails at the same time, nothing is lost that a living relay received', async () => {
  const failures = fc.array(fc.constantFrom<Failure>('kill', 'close', 'disconnect', 'tableOutage', 'reachOutage'), {
    minLength: 3,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom('pair', 'standby'), failures, async (seed, mode, plan) => {
      vi.clearAllTimers();
      const random = randomOf(seed);
      const group = new RelayGroup({ mode, random, latencyMs: 300, tableLatencyMs: 60 });
      const survivor = group.add();
      survivor.connect();
      group.add().connect();
      const stop = startTraffic(group, random);
      for (const failure of plan) {
        const isDeadly = failure === 'kill' || failure === 'close';
        const victims = isDeadly ? group.relays.filter((relay) => relay !== survivor) : group.relays;
        const [victim = group.add()] = victims.length > 1 && random() < 0.5 ? victims.slice(1) : victims;
        void fail(group, failure, random, victim);
        await vi.advanceTimersByTimeAsync(random() * 3_000);
      }
      await vi.advanceTimersByTimeAsync(25_000);
      stop();
      group.table.recover();
      await vi.advanceTimersByTimeAsync(15_000);
      await group.settle();
      expect(missing(group, survivor.received)).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

describe('joining', () => {
  test('the first relay sends at once, and what came before it knew that it is subscribed', async () => {
    const group = new RelayGroup();
    const relay = group.add();
    relay.identifier.receive(aMessage('early'), Date.now());
    expect([...group.arrived.keys()]).toEqual([]);
    relay.identifier.up();
    relay.identifier.receive(aMessage('late'), Date.now());
    await vi.advanceTimersByTimeAsync(100);
    expect([...group.arrived.keys()]).toEqual(['early', 'late']);
    expect(relay.identifier.status()).toMatchObject({ mode: 'pair', state: 'synced', isSending: true, held: 0 });
  });

  test('the second one is in step within five seconds, and sends the same ids', async () => {
    const group = new RelayGroup();
    const first = group.add();
    first.connect();
    await vi.advanceTimersByTimeAsync(20_000);
    const second = group.add();
    second.connect();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(second.identifier.status()).toMatchObject({ state: 'synced', isSending: true, held: 0, peers: 1 });
    expect(first.identifier.status().epoch).toBe(second.identifier.status().epoch);
    group.raise('twin');
    group.raise('twin');
    await vi.advanceTimersByTimeAsync(100);
    expect(group.sent).toBe(4);
    expect(group.arrived.get('twin')?.size).toBe(2);
  });

  test('relays that start at the same moment agree', async () => {
    const group = new RelayGroup({ random: randomOf(1), latencyMs: 300 });
    group.add().connect();
    group.add().connect();
    await vi.advanceTimersByTimeAsync(60);
    const stop = startTraffic(group, randomOf(2));
    await group.settle();
    stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  });

  test('contents that come all the time have one id per occurrence, as long as the ways differ by little', async () => {
    const group = new RelayGroup({ random: randomOf(3), latencyMs: 4 });
    group.add().connect();
    await vi.advanceTimersByTimeAsync(6_000);
    const random = randomOf(4);
    let atMs = Date.now();
    const timer = setInterval(() => {
      if (Date.now() < atMs) return;
      group.raise('always');
      atMs = Date.now() + random() * 100;
    }, 1);
    for (let round = 0; round < 3; round += 1) {
      group.add().connect();
      await group.settle();
      group.relays[0]?.kill();
      await vi.advanceTimersByTimeAsync(6_000);
    }
    clearInterval(timer);
    await vi.advanceTimersByTimeAsync(1_000);
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  });

  test('what the leader has not received, because its connection is dead, the joining relay sends', async () => {
    const group = new RelayGroup();
    const leader = group.add();
    leader.connect();
    await vi.advanceTimersByTimeAsync(6_000);
    leader.goDeaf();
    group.add().connect();
    const timer = setInterval(() => group.raise(`unique${Date.now()}`), 100);
    await group.settle();
    clearInterval(timer);
    await vi.advanceTimersByTimeAsync(1_000);
    // Nobody can tell about the time before the leader takes notes: about a second.
    expect(group.lost().length).toBeLessThan(group.raised.size / 2);
    expect(group.doubled()).toEqual([]);
  });

  test('too many messages to hold: the relay goes on by itself, and joins after', async () => {
    const group = new RelayGroup({ maxHeld: 20 });
    group.add().connect();
    await vi.advanceTimersByTimeAsync(6_000);
    const second = group.add();
    second.connect();
    await vi.advanceTimersByTimeAsync(100);
    for (let count = 0; count < 50; count += 1) group.raise(`flood${count}`);
    await vi.advanceTimersByTimeAsync(10);
    expect(second.identifier.status()).toMatchObject({ isSending: true, held: 0 });
    await group.settle();
    expect(group.lost()).toEqual([]);
    group.raise('after');
    await vi.advanceTimersByTimeAsync(10);
    expect(group.arrived.get('after')?.size).toBe(1);
  });
});

describe('without the table', () => {
  test('a relay that starts holds what it receives for a while, then sends it', async () => {
    const group = new RelayGroup();
    group.table.goDown();
    const relay = group.add();
    relay.connect();
    await vi.advanceTimersByTimeAsync(100);
    group.raise('held');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(relay.identifier.status()).toMatchObject({ state: 'joining', held: 1 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(relay.identifier.status()).toMatchObject({ state: 'synced', isSending: true, held: 0 });
    expect(group.arrived.get('held')?.size).toBe(1);
    const { epoch } = relay.identifier.status();
    group.table.recover();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(relay.identifier.status()).toMatchObject({ epoch, isSending: true });
  });

  test('relays in step stay so, and both send', async () => {
    const group = new RelayGroup();
    group.add().connect();
    group.add().connect();
    await group.settle();
    group.table.goDown();
    await vi.advanceTimersByTimeAsync(60_000);
    group.sent = 0;
    group.raise('meanwhile');
    await vi.advanceTimersByTimeAsync(10);
    expect([group.sent, group.arrived.get('meanwhile')?.size]).toEqual([2, 1]);
  });

  test('a damaged row is reported, and no reason to stop', async () => {
    const group = new RelayGroup();
    await group.table.insert({ partitionKey: 'test', rowKey: 'group', json: '{"epoch":1}' });
    group.add().connect();
    await vi.advanceTimersByTimeAsync(100);
    group.raise('held');
    await vi.advanceTimersByTimeAsync(8_000);
    expect(group.arrived.get('held')?.size).toBe(1);
    expect(group.log.text).toContain('a row of the relays is damaged');
  });
});

describe('memory', () => {
  test.each([{ maxContents: 100 }, { timing: { epochMs: 8_000 } }])(
    'a new epoch lets go of what was counted, and nothing is doubled: %j',
    async (options) => {
      const group = new RelayGroup({ ...options, random: randomOf(5), latencyMs: 300 });
      group.add().connect();
      await vi.advanceTimersByTimeAsync(100);
      group.add().connect();
      await group.settle();
      const before = group.relays[0]?.identifier.status().epoch;
      const stop = startTraffic(group, randomOf(6));
      await vi.advanceTimersByTimeAsync(30_000);
      stop();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(group.relays[0]?.identifier.status().epoch).not.toBe(before);
      expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
    },
  );
});

describe('standby', () => {
  test('only one sends; the other takes over, with what was not sent', async () => {
    const group = new RelayGroup({ mode: 'standby' });
    const first = group.add();
    first.connect();
    await vi.advanceTimersByTimeAsync(100);
    const second = group.add();
    second.connect();
    await group.settle();
    group.sent = 0;
    group.raise('one');
    await vi.advanceTimersByTimeAsync(10);
    expect(group.sent).toBe(1);
    expect(second.identifier.status().isSending).toBe(false);
    first.kill();
    group.raise('two');
    await vi.advanceTimersByTimeAsync(4_500);
    expect(second.identifier.status().isSending).toBe(true);
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  });

  /** A leader whose bus confirms slowly, and one that follows. */
  async function withSlowBus(busDelayMs: number, keptMaxBytes?: number) {
    const group = new RelayGroup({ mode: 'standby', busDelayMs, ...(keptMaxBytes !== undefined && { keptMaxBytes }) });
    const first = group.add();
    first.connect();
    await vi.advanceTimersByTimeAsync(100);
    const second = group.add();
    second.connect();
    await group.settle();
    return { group, first, second };
  }

  async function raiseEach(group: RelayGroup, ms: number, count: number): Promise<void> {
    for (let each = 0; each < count; each += 1) {
      group.raise(`unique${Date.now()}`);
      await vi.advanceTimersByTimeAsync(ms);
    }
  }

  test('what the bus had not confirmed to the one that died is sent by the other, however old it is', async () => {
    const { group, first } = await withSlowBus(60_000);
    await raiseEach(group, 500, 200);
    first.kill();
    await vi.advanceTimersByTimeAsync(70_000);
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  });

  test('what the bus has confirmed is let go', async () => {
    const { group, first } = await withSlowBus(20_000);
    await raiseEach(group, 500, 200);
    group.sent = 0;
    first.kill();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(group.lost()).toEqual([]);
    expect(group.sent).toBeGreaterThanOrEqual(40);
    expect(group.sent).toBeLessThan(60);
  });

  test('the one that takes over passes on that it has not had confirmed what it took over', async () => {
    const { group, first, second } = await withSlowBus(30_000);
    const third = group.add();
    third.connect();
    await group.settle();
    await raiseEach(group, 500, 60);
    first.kill();
    await vi.advanceTimersByTimeAsync(20_000);
    expect([second, third].filter(({ identifier }) => identifier.status().isSending)).toHaveLength(1);
    for (const relay of [second, third]) if (relay.identifier.status().isSending) relay.kill();
    await vi.advanceTimersByTimeAsync(60_000);
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  });

  test('what it can not keep until then is told when the other dies', async () => {
    const { group, first, second } = await withSlowBus(60_000, 50_000);
    const fromMs = Date.now();
    await raiseEach(group, 500, 100);
    const { forgotten } = second.identifier.status();
    expect(forgotten).toBeGreaterThan(50);
    expect(group.log.text).toContain('more events wait for the relay that sends than this one can keep');
    expect(second.lost).toEqual([]);
    first.kill();
    await vi.advanceTimersByTimeAsync(70_000);
    expect(second.lost).toEqual([{ fromMs, toMs: fromMs + (forgotten - 1) * 500, events: forgotten }]);
    expect(group.lost()).toHaveLength(forgotten);
    expect(group.log.text).toContain(`too many to keep events=${forgotten}`);
  });

  test('a leader that does not say what is confirmed is followed as one that has it confirmed soon', async () => {
    const { group, first, second } = await withSlowBus(60_000, 50_000);
    group.isOfEarlierVersion = true;
    await raiseEach(group, 500, 100);
    expect(second.identifier.status().forgotten).toBe(0);
    first.kill();
    await vi.advanceTimersByTimeAsync(70_000);
    expect(second.lost).toEqual([]);
    expect(group.lost().length).toBeGreaterThan(50);
  });

  test('one that stops in order hands over within about a second', async () => {
    const group = new RelayGroup({ mode: 'standby' });
    const first = group.add();
    first.connect();
    await vi.advanceTimersByTimeAsync(100);
    const second = group.add();
    second.connect();
    await group.settle();
    void first.close();
    await vi.advanceTimersByTimeAsync(1_300);
    expect(second.identifier.status().isSending).toBe(true);
  });
});

describe('a relay that begins', () => {
  async function pairThatRan() {
    const group = new RelayGroup();
    const relays = [group.add(), group.add()];
    for (const relay of relays) relay.connect();
    await group.settle();
    await vi.advanceTimersByTimeAsync(10_000);
    return { group, relays };
  }

  test.each<[string, (relay: SimulatedRelay) => unknown, number]>([
    ['were killed', (relay) => relay.kill(), 500],
    ['were killed long ago', (relay) => relay.kill(), 300_000],
    ['were closed', (relay) => relay.close(), 300_000],
    ['lost the hub, and were killed', (relay) => relay.disconnect(), 300_000],
  ])('says since when nobody has heard the hub when all %s', async (_, end, awayMs) => {
    const { group, relays } = await pairThatRan();
    for (const relay of relays) end(relay);
    const endedMs = Date.now();
    await vi.advanceTimersByTimeAsync(awayMs);
    for (const relay of [...relays]) if (group.relays.includes(relay)) relay.kill();
    const next = [group.add(), group.add()];
    for (const relay of next) relay.connect();
    await group.settle();
    const told = next.flatMap(({ unheard }) => unheard);
    expect(told).toHaveLength(1);
    // A relay that is closed says so when it has asked the table.
    expect(told[0]).toBeLessThanOrEqual(endedMs + 20);
    expect(told[0]).toBeGreaterThanOrEqual(endedMs - 1_000);
  });

  test('says nothing when there were no others, and when one lives', async () => {
    const { group, relays } = await pairThatRan();
    relays[0]?.kill();
    await vi.advanceTimersByTimeAsync(10_000);
    const next = group.add();
    next.connect();
    await group.settle();
    next.disconnect();
    await vi.advanceTimersByTimeAsync(5_000);
    next.connect();
    await group.settle();
    expect([...relays, next].flatMap(({ unheard }) => unheard)).toEqual([]);
  });

  test('says nothing when another lives, even if its bus is slow', async () => {
    const group = new RelayGroup({ busDelayMs: 20_000 });
    group.add().connect();
    await vi.advanceTimersByTimeAsync(10_000);
    group.raise('not confirmed');
    const next = group.add();
    next.connect();
    await group.settle();
    expect(next.unheard).toEqual([]);
  });

  test('says nothing when it has heard the hub since before the last other died', async () => {
    const { group, relays } = await pairThatRan();
    relays[0]?.kill();
    await vi.advanceTimersByTimeAsync(10_000);
    const next = group.add();
    next.connect();
    await vi.advanceTimersByTimeAsync(1_500);
    relays[1]?.kill();
    await group.settle();
    expect(next.unheard).toEqual([]);
  });

  test('says it for its first connection only', async () => {
    const group = new RelayGroup();
    const relay = group.add();
    relay.connect();
    await vi.advanceTimersByTimeAsync(5_000);
    relay.disconnect();
    await vi.advanceTimersByTimeAsync(5_000);
    relay.connect();
    await group.settle();
    expect(relay.unheard).toEqual([]);
  });
});

test('closing leaves no timer and no name behind', async () => {
  const group = new RelayGroup();
  const relay = group.add();
  relay.connect();
  await vi.advanceTimersByTimeAsync(3_000);
  const closed = relay.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;
  expect(vi.getTimerCount()).toBe(0);
  expect(JSON.parse(String(group.table.rows[0]?.columns.json))).toMatchObject({ members: {} });
});

describe('what is held when the hub is lost', () => {
  /** A second relay that holds one message, which only it has received. */
  async function holding() {
    const group = new RelayGroup();
    const leader = group.add();
    leader.connect();
    await vi.advanceTimersByTimeAsync(10_000);
    leader.goDeaf();
    const second = group.add();
    second.connect();
    await vi.advanceTimersByTimeAsync(60);
    group.raise('held');
    await vi.advanceTimersByTimeAsync(10);
    return { group, leader, second };
  }

  test('is left to the leader that lived after it', async () => {
    const { group, second } = await holding();
    second.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(second.identifier.status().held).toBe(0);
    expect(group.sent).toBe(0);
  });

  test('is sent when the leader has died', async () => {
    const { group, leader, second } = await holding();
    leader.kill();
    second.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(group.lost()).toEqual([]);
  });

  test('is sent when the leader came later', async () => {
    const { group, leader, second } = await holding();
    leader.kill();
    second.isTableReachable = false;
    second.disconnect();
    await vi.advanceTimersByTimeAsync(3_500);
    group.add().connect();
    await vi.advanceTimersByTimeAsync(1_200);
    expect(group.lost()).toEqual(['held']);
    second.isTableReachable = true;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(group.lost()).toEqual([]);
  });

  test('is sent when the table does not tell', async () => {
    const { group, second } = await holding();
    second.isTableReachable = false;
    second.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(group.lost()).toEqual([]);
  });

  test('is sent before closing ends when nobody else is known to be there', async () => {
    const group = new RelayGroup();
    group.table.goDown();
    const relay = group.add();
    relay.connect();
    await vi.advanceTimersByTimeAsync(100);
    group.raise('held');
    await vi.advanceTimersByTimeAsync(10);
    const closed = relay.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await closed;
    expect(group.lost()).toEqual([]);
  });

  test('has its right id when the relay was in step', async () => {
    const group = new RelayGroup();
    group.add().connect();
    await vi.advanceTimersByTimeAsync(100);
    const second = group.add();
    second.connect();
    await group.settle();
    group.table.goDown();
    await vi.advanceTimersByTimeAsync(5_000);
    group.raise('held');
    await vi.advanceTimersByTimeAsync(10);
    expect(second.identifier.status().held).toBe(1);
    second.disconnect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([group.sent, group.arrived.get('held')?.size]).toEqual([2, 1]);
  });
});

test.each(['pair', 'standby'] as const)(
  '%s: what only the second of two relays that start received, it sends',
  async (mode) => {
    const group = new RelayGroup({ mode });
    const [first, second] = [group.add(), group.add()];
    first.identifier.up();
    await vi.advanceTimersByTimeAsync(100);
    second.connect();
    group.raise('only for the second');
    await vi.advanceTimersByTimeAsync(100);
    expect(second.identifier.status().held).toBe(1);
    await group.settle();
    expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
  },
);

test('a relay that loses the hub says so at once', async () => {
  const group = new RelayGroup();
  const relay = group.add();
  relay.connect();
  await vi.advanceTimersByTimeAsync(3_000);
  relay.disconnect();
  await vi.advanceTimersByTimeAsync(50);
  expect(JSON.parse(String(group.table.rows[0]?.columns.json))).toMatchObject({ members: {} });
});

test.each(['before', 'after'] as const)('a write that fails %s its effect makes no double', async (hook) => {
  const group = new RelayGroup({ random: randomOf(7), latencyMs: 300 });
  group.add().connect();
  await vi.advanceTimersByTimeAsync(10_000);
  const random = randomOf(8);
  const stop = startTraffic(group, randomOf(9));
  group.table[hook] = (operation) => {
    if (operation !== 'get' && random() < 0.3) throw new TransientError('no answer');
  };
  group.add().connect();
  await vi.advanceTimersByTimeAsync(30_000);
  group.table.recover();
  await group.settle();
  stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect({ lost: group.lost(), doubled: group.doubled() }).toEqual({ lost: [], doubled: [] });
});
