/**
 * What the hub hands over arrives, and what it could not hand over is told by a gap.
 *
 * CHAOS_FULL=1 leaves the relay its own timing, with which 20 restarts take minutes. CHAOS_SEED repeats a run.
 */
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import type { HubLinkTiming } from '../../shared/relay/hub-link-options.ts';
import type { Relay } from '../../shared/relay/relay.ts';
import * as z from '../../shared/zod.ts';
import { differenceAtLast, type HubLoad, loadHub, NO_DIFFERENCE } from '../helpers/hub-load.ts';
import { type RelayStack, startRelayStack } from '../helpers/relay-stack.ts';
import { eventually } from '../helpers/stack.ts';

const isFull = process.env.CHAOS_FULL === '1';
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);
const QUICK = { reconnect: { baseMs: 30, capMs: 60 }, stableAfterMs: 0, serverTimeoutMs: 2_500 };
const TIMING: Partial<HubLinkTiming> = isFull ? {} : QUICK;
const RESTARTS = 20;

let test: RelayStack;
let relay: Relay;

beforeAll(async () => {
  test = await startRelayStack(isFull ? {} : { behaviour: { pingIntervalMs: 500 } });
  relay = await test.startRelayHere(TIMING);
  await relay.firstUp;
});

afterAll(() => test?.stop());

/** Waits for a connection that came up after `reconnects` others. */
const untilUp = (reconnects: number) =>
  eventually(
    () => {
      const figures = relay.figures();
      return figures.connectedSinceMs !== undefined && figures.reconnects > reconnects ? true : undefined;
    },
    'the relay is connected again',
    60_000,
  );

const gapSchema = z.object({
  from: z.string(),
  to: z.string(),
  subscriptions: z.array(z.object({ entityId: z.string(), eventName: z.string() })),
});

function gapsOf(events: readonly CloudEvent[]) {
  return events
    .filter(({ type }) => type === 'com.enreach.rte.gap')
    .map(({ data }) => {
      const { from, to, subscriptions } = z.parse(gapSchema, data);
      return { fromMs: Date.parse(from), toMs: Date.parse(to), subscriptions: subscriptions.length };
    });
}

async function allArrived({ raised }: HubLoad): Promise<readonly CloudEvent[]> {
  expect(await differenceAtLast(raised, test.arrived, 20_000)).toEqual(NO_DIFFERENCE);
  return test.arrived();
}

describe('a hub that comes and goes', () => {
  it(`loses nothing that it handed over in ${RESTARTS} restarts under load, and every outage is told by a gap`, async () => {
    onTestFailed(() => console.error(`CHAOS_SEED=${seed}`));
    const waits = fc.record({ upMs: fc.integer({ min: 20, max: 150 }), downMs: fc.integer({ min: 0, max: 60 }) });
    const plan = fc.sample(waits, { seed, numRuns: RESTARTS });
    const load = loadHub(test.hub, 500);
    const outages: { fromMs: number; toMs: number }[] = [];

    for (const { upMs, downMs } of plan) {
      await delay(isFull ? upMs * 20 : upMs);
      const { reconnects } = relay.figures();
      // In order, so that the hub knows what it has handed over.
      await test.hub.goDown('end');
      const fromMs = Date.now();
      await delay(downMs);
      outages.push({ fromMs, toMs: Date.now() });
      await test.hub.comeUp();
      await untilUp(reconnects);
    }
    await delay(50);
    await load.stop();
    const arrived = await allArrived(load);

    const gaps = gapsOf(arrived);
    const isCovered = (fromMs: number, toMs: number) => gaps.some((gap) => gap.fromMs <= fromMs && gap.toMs >= toMs);
    expect(outages.filter(({ fromMs, toMs }) => !isCovered(fromMs, toMs))).toEqual([]);
    const missed = load.raised.filter(({ deliveredTo }) => deliveredTo === 0);
    expect(missed.length).toBeGreaterThan(0);
    expect(missed.filter(({ atMs }) => !isCovered(atMs, atMs))).toEqual([]);
    expect(gaps).toHaveLength(RESTARTS);
    expect(new Set(gaps.map(({ subscriptions }) => subscriptions))).toEqual(
      new Set([relay.figures().subscriptions.active]),
    );
    // Each gap is followed by the state of both queues.
    expect(arrived.filter(({ type }) => type === 'com.enreach.rte.queuesnapshot')).toHaveLength(2 * RESTARTS);
  }, 300_000);

  it('is connected to again when it falls silent, and the gap begins with the silence', async () => {
    const { reconnects } = relay.figures();
    const load = loadHub(test.hub, 200);
    await delay(100);

    const silentAtMs = Date.now();
    test.hub.fallSilent();
    await untilUp(reconnects);
    await delay(100);
    await load.stop();

    const arrived = await allArrived(load);
    const gap = gapsOf(arrived).at(-1);
    expect(gap?.fromMs).toBeLessThanOrEqual(silentAtMs);
    const missed = load.raised.filter(({ deliveredTo }) => deliveredTo === 0);
    expect(missed.length).toBeGreaterThan(100);
    expect(missed.filter(({ atMs }) => atMs > (gap?.toMs ?? 0))).toEqual([]);
  }, 90_000);

  it('is connected to with a new token when the old one expired during an outage', async () => {
    const { reconnects } = relay.figures();
    const before = test.hub.state();
    const load = loadHub(test.hub, 200);

    await test.hub.goDown('end');
    test.hub.expireTokens();
    await test.hub.comeUp();
    await untilUp(reconnects);
    await delay(100);
    await load.stop();

    await allArrived(load);
    expect(load.raised.at(-1)?.deliveredTo).toBe(1);
    const { tokensIssued, webSocketRequests } = test.hub.state();
    expect(tokensIssued).toBeGreaterThan(before.tokensIssued);
    // None was tried with the expired one.
    expect(webSocketRequests.slice(before.webSocketRequests.length)).toEqual([101]);
  }, 60_000);

  it('is tried again for as long as it takes tokens for expired', async () => {
    const { reconnects } = relay.figures();
    const before = test.hub.state();

    test.hub.behave({ tokenLifetimeMs: -1 });
    test.hub.dropAll('end');
    await eventually(
      () => (test.hub.state().tokensIssued >= before.tokensIssued + 3 ? true : undefined),
      'three attempts with tokens that have expired',
      60_000,
    );
    expect(relay.figures().connectedSinceMs).toBeUndefined();
    test.hub.behave({ tokenLifetimeMs: 3_600_000 });
    await untilUp(reconnects);

    const load = loadHub(test.hub, 200);
    await delay(100);
    await load.stop();
    await allArrived(load);
    expect(load.raised.filter(({ deliveredTo }) => deliveredTo === 0)).toEqual([]);
  }, 120_000);
});
