import { setTimeout as delay } from 'node:timers/promises';
import type { EnreachSimulator } from '../../infra/local/simulators/enreach/simulator.ts';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import { eventually } from './stack.ts';

/** One event that the hub raised under load. */
export interface LoadEvent {
  /** Equal for identical occurrences only; found in what arrived, too. */
  readonly key: string;
  /** The call, whose events keep their order; undefined for identical occurrences. */
  readonly call: string | undefined;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** To how many relays it was handed. */
  readonly deliveredTo: number;
}

export interface HubLoad {
  readonly raised: readonly LoadEvent[];
  /** Ends it. Fails with what went wrong meanwhile. */
  stop(): Promise<void>;
}

const CALLS = 50;

/** The identical occurrences: an event that has nothing of its own, apart from what the test gives it. */
const IDENTICAL = 'UserActionMobileCall';
/** Every so manieth event is one, ... */
const IDENTICAL_EVERY = 10;
/** ... so many in a row are identical, ... */
const IDENTICAL_TIMES = 3;
/** ... and after so many others the same come again. */
const IDENTICAL_CONTENTS = 40;

let loads = 0;

/** Has the hub raise occurrences of 50 calls at a rate, and between them some that are identical to each other. */
export function loadHub(hub: EnreachSimulator, perSecond: number): HubLoad {
  const raised: LoadEvent[] = [];
  let isStopped = false;
  loads += 1;
  const name = `load-${loads}`;
  const { users, queues } = hub.directory;

  function raise(number: number): void {
    const atMs = Date.now();
    if (number % IDENTICAL_EVERY === 0) {
      const content = Math.floor(number / (IDENTICAL_EVERY * IDENTICAL_TIMES)) % IDENTICAL_CONTENTS;
      const key = `${name}-same-${content}`;
      const { deliveredTo } = hub.raise(IDENTICAL, users[0]?.id ?? '', { phoneNumber: key });
      raised.push({ key, call: undefined, atMs, deliveredTo });
      return;
    }
    const call = `f100d000-0000-4000-8000-${String(number % CALLS).padStart(12, '0')}`;
    const key = `${name}-${number}`;
    const queueId = queues[number % queues.length]?.id ?? '';
    const { deliveredTo } = hub.raise('QueueCallInArrived', queueId, { legId: key, callId: call });
    raised.push({ key, call, atMs, deliveredTo });
  }

  async function run(): Promise<void> {
    const startedMs = performance.now();
    while (!isStopped) {
      const due = ((performance.now() - startedMs) / 1_000) * perSecond;
      while (raised.length < due) raise(raised.length);
      await delay(2);
    }
  }

  const running = run();
  // Whoever stops it sees it.
  running.catch(() => undefined);
  return {
    raised,
    stop: () => {
      isStopped = true;
      return running;
    },
  };
}

/** The key of an event of a load; anything for others. */
function keyOf({ data }: CloudEvent): string {
  return String(data.legId ?? data.phoneNumber);
}

export interface Difference {
  readonly lost: number;
  readonly doubled: number;
  /** Some of them. */
  readonly examples: readonly string[];
}

export const NO_DIFFERENCE: Difference = { lost: 0, doubled: 0, examples: [] };

/** What arrived less often, and what more often, than it was handed over. Events of other loads are left out. */
function compare(raised: readonly LoadEvent[], arrived: readonly CloudEvent[]): Difference {
  const balance = new Map<string, number>();
  for (const { key, deliveredTo } of raised) {
    balance.set(key, (balance.get(key) ?? 0) - Math.min(1, deliveredTo));
  }
  for (const event of arrived) {
    const key = keyOf(event);
    const times = balance.get(key);
    if (times !== undefined) balance.set(key, times + 1);
  }
  const odd = [...balance].filter(([, times]) => times !== 0);
  return {
    lost: odd.reduce((sum, [, times]) => sum + Math.max(0, -times), 0),
    doubled: odd.reduce((sum, [, times]) => sum + Math.max(0, times), 0),
    examples: odd.slice(0, 5).map(([key, times]) => `${key}: ${times > 0 ? '+' : ''}${times}`),
  };
}

/** The events of calls that were handed over and did not arrive. */
export function missing(raised: readonly LoadEvent[], arrived: readonly CloudEvent[]): LoadEvent[] {
  const keys = new Set(arrived.map(keyOf));
  return raised.filter(({ key, call, deliveredTo }) => call !== undefined && deliveredTo > 0 && !keys.has(key));
}

/** The events of calls that arrived after one of the same call that was raised later. */
export function outOfOrder(raised: readonly LoadEvent[], arrived: readonly CloudEvent[]): string[] {
  const places = new Map(raised.flatMap(({ key, call }, place) => (call === undefined ? [] : [[key, place]])));
  const lastOf = new Map<string, number>();
  return arrived.flatMap((event) => {
    const key = keyOf(event);
    const place = places.get(key);
    if (place === undefined) return [];
    const isLate = place < (lastOf.get(event.subject) ?? -1);
    lastOf.set(event.subject, place);
    return isLate ? [key] : [];
  });
}

/** Waits until all that the hub handed over has arrived, and tells how what arrived differs from that. */
export async function differenceAtLast(
  raised: readonly LoadEvent[],
  read: () => Promise<readonly CloudEvent[]>,
  timeoutMs: number,
): Promise<Difference> {
  const isAllThere = async () => (compare(raised, await read()).lost === 0 ? true : undefined);
  await eventually(isAllThere, 'everything that was handed over arrives', timeoutMs).catch(() => undefined);
  // What should not come at all may come a moment later.
  await delay(200);
  return compare(raised, await read());
}
