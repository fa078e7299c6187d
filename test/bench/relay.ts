import { setTimeout as wait } from 'node:timers/promises';
import * as z from '../../shared/zod.ts';
import { percentile } from './percentile.ts';
import { type Consumed, Consumer } from './relay-consumer.ts';
import type { BenchProcess } from './relay-process.ts';
import { type BenchPrograms, type Contestant, startBenchPrograms } from './relay-programs.ts';

/**
 * Hub → relay → bus, beside a floor program that does nothing but receive and send (relay-floor.ts). Both take turns
 * with the same load on the same machine, and medians are compared, because machines are noisy.
 */

const SUBSCRIPTIONS = 10_000;
const WARM_UP_EVENTS = 20_000;
const FLOOD_EVENTS = 40_000;
const FLOOD_ROUNDS = 3;
const EVENTS_PER_STEP = 1_000;
const MAX_UNSENT = 3_000;
const POLL_MS = 10;
const PACED_EVENTS = 4_000;
const PACED_PER_SECOND = 1_000;
const PACED_WARM_UP = 1_500;
const PACED_ROUNDS = 2;
const ROUND_TIMEOUT_MS = 30_000;

/** A call that comes to a user and is answered. */
const EVENTS = ['UserCallInArrived', 'UserCallInUserAllocated', 'UserCallInUserConnected', 'UserCallInDisconnected'];
const PACED_EVENT = 'UserCallInArrived';

/** Of how many users events are raised. */
const BUSY_USERS = 50;

const deliveriesSchema = z.object({ deliveries: z.int() });

/** One flood. */
interface FloodFigures {
  readonly perSecond: number;
  /** Of the program's CPU, in microseconds. */
  readonly cpuPerEvent: number;
  /** Of one core, 0 to 1. */
  readonly hubLoad: number;
  readonly ownLoad: number;
  readonly brokerLoad: number;
}

export interface RelayBench {
  readonly relay: FloodFigures;
  readonly floor: FloodFigures;
  /** The relay's CPU per event to the floor's. */
  readonly cpuRatio: number;
}

export async function run(): Promise<RelayBench> {
  const programs = await startBenchPrograms(SUBSCRIPTIONS);
  const consumer = new Consumer(programs.busConnectionString);
  const { relay, floor } = programs;
  try {
    const idle = await memoryOf(relay, floor);
    const paced = { relay: [] as number[], floor: [] as number[] };
    for (let round = 0; round < PACED_ROUNDS; round += 1) {
      for (const contestant of inTurn(round, [floor, relay])) {
        paced[contestant.name].push(...(await pace(programs, contestant, consumer)));
      }
    }
    const steady = await memoryOf(relay, floor);
    for (const contestant of [floor, relay]) await flood(programs, contestant, WARM_UP_EVENTS, consumer);
    const floods = { relay: [] as FloodFigures[], floor: [] as FloodFigures[] };
    for (let round = 0; round < FLOOD_ROUNDS; round += 1) {
      for (const contestant of inTurn(round, [floor, relay])) {
        floods[contestant.name].push(await flood(programs, contestant, FLOOD_EVENTS, consumer));
      }
    }
    const flooded = await memoryOf(relay, floor);

    const result = { relay: medians(floods.relay), floor: medians(floods.floor) };
    for (const name of ['floor', 'relay'] as const) {
      const { perSecond, cpuPerEvent, hubLoad, ownLoad, brokerLoad } = result[name];
      console.log(`${name}   flooded: ${perSecond.toFixed(0)} events/s (${range(floods[name], 'perSecond', 0)})`);
      console.log(`${name}   CPU per event: ${cpuPerEvent.toFixed(1)} µs (${range(floods[name], 'cpuPerEvent', 1)})`);
      console.log(
        `${name}   busy meanwhile, of a core: hub ${percent(hubLoad)}, ${name} ${percent(ownLoad)}, broker ${percent(brokerLoad)}`,
      );
      console.log(
        `${name}   at ${PACED_PER_SECOND}/s, from the hub to a consumer of the bus: ` +
          `p50 ${percentile(paced[name], 0.5).toFixed(1)} ms   p99 ${percentile(paced[name], 0.99).toFixed(1)} ms`,
      );
      console.log(
        `${name}   resident with ${SUBSCRIPTIONS} subscriptions: ${idle[name]} idle, ` +
          `${steady[name]} at ${PACED_PER_SECOND}/s, ${flooded[name]} after the floods`,
      );
    }
    const cpuRatio = result.relay.cpuPerEvent / result.floor.cpuPerEvent;
    console.log(`the relay takes ${cpuRatio.toFixed(2)} times the floor's CPU per event`);
    return { ...result, cpuRatio };
  } finally {
    await consumer.close();
    await programs.stop();
  }
}

/** As many events as fast as the program takes them, until the bus has confirmed all; then counts what is on the bus. */
async function flood(
  { hub, broker }: BenchPrograms,
  contestant: Contestant,
  count: number,
  consumer: Consumer,
): Promise<FloodFigures> {
  const programs = [contestant.process, hub, broker] as const;
  const usages = () => Promise.all(programs.map((program) => program.usage()));
  const before = await usages();
  const startedMs = performance.now();
  const deliveries = await raiseInStep(hub, contestant, count);
  const tookMs = performance.now() - startedMs;
  const used = (await usages()).map(({ cpuMicroseconds }, index) => {
    return cpuMicroseconds - (before[index]?.cpuMicroseconds ?? 0);
  });
  assertAllCame(contestant.name, count, deliveries, await consumer.drain());
  const [own = 0, ofHub = 0, ofBroker = 0] = used;
  return {
    perSecond: (count / tookMs) * 1_000,
    cpuPerEvent: own / count,
    hubLoad: ofHub / 1_000 / tookMs,
    ownLoad: own / 1_000 / tookMs,
    brokerLoad: ofBroker / 1_000 / tookMs,
  };
}

/**
 * Keeps the program busy without piling up in it what the bus has yet to take: beyond some tens of thousands of events
 * the relay would, rightly, begin to write them to disk. Gives how many messages left the hub.
 */
async function raiseInStep(hub: BenchProcess, contestant: Contestant, count: number): Promise<number> {
  const request = { count: EVENTS_PER_STEP, events: EVENTS, entities: contestant.users.slice(0, BUSY_USERS) };
  const sentBefore = await contestant.sent();
  const deadlineMs = performance.now() + ROUND_TIMEOUT_MS;
  let deliveries = 0;
  let raised = 0;
  for (let sent = 0; sent < count; sent = (await contestant.sent()) - sentBefore) {
    if (performance.now() > deadlineMs) throw new Error(`${contestant.name}: ${sent} of ${count} events were sent`);
    if (raised < count && raised - sent <= MAX_UNSENT - EVENTS_PER_STEP) {
      deliveries += (await hub.ask({ type: 'flood', request }, 'flood', deliveriesSchema)).deliveries;
      raised += EVENTS_PER_STEP;
    } else {
      await wait(POLL_MS);
    }
  }
  return deliveries;
}

/** Milliseconds from the hub to a consumer of the bus, event by event at a steady rate. */
async function pace({ hub }: BenchPrograms, contestant: Contestant, consumer: Consumer): Promise<readonly number[]> {
  const count = PACED_WARM_UP + PACED_EVENTS;
  const entities = contestant.users.slice(0, BUSY_USERS);
  const consumed = consumer.latencies(count, ROUND_TIMEOUT_MS);
  const request = { count, perSecond: PACED_PER_SECOND, eventName: PACED_EVENT, entities };
  await hub.ask({ type: 'pace', request }, 'pace', z.unknown());
  return (await consumed).slice(PACED_WARM_UP);
}

function assertAllCame(name: string, raised: number, deliveries: number, { count, distinct }: Consumed): void {
  if (deliveries === raised && count === raised && distinct === raised) return;
  throw new Error(`${name}: of ${raised} events, ${deliveries} left the hub, ${count} came (${distinct} different)`);
}

/** Whoever begins has another's leftovers to bear, so they take turns in that too. */
function inTurn<T>(round: number, items: readonly T[]): readonly T[] {
  return round % 2 === 0 ? items : [...items].reverse();
}

function medians(rounds: readonly FloodFigures[]): FloodFigures {
  const median = (pick: (figures: FloodFigures) => number) => percentile(rounds.map(pick), 0.5);
  return {
    perSecond: median(({ perSecond }) => perSecond),
    cpuPerEvent: median(({ cpuPerEvent }) => cpuPerEvent),
    hubLoad: median(({ hubLoad }) => hubLoad),
    ownLoad: median(({ ownLoad }) => ownLoad),
    brokerLoad: median(({ brokerLoad }) => brokerLoad),
  };
}

function range(rounds: readonly FloodFigures[], figure: keyof FloodFigures, digits: number): string {
  const all = rounds.map((round) => round[figure]);
  return `${Math.min(...all).toFixed(digits)}–${Math.max(...all).toFixed(digits)}`;
}

async function memoryOf(relay: Contestant, floor: Contestant): Promise<Readonly<Record<Contestant['name'], string>>> {
  const of = async ({ process }: Contestant) => megabytes((await process.usage()).rssBytes);
  return { relay: await of(relay), floor: await of(floor) };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
