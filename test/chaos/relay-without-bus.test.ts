/**
 * The Service Bus is away while the hub goes on: nothing is lost, and each call's events arrive in their order.
 *
 * CHAOS_FULL=1 keeps it away for 60 s each time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differenceAtLast, loadHub, missing, NO_DIFFERENCE, outOfOrder } from '../helpers/hub-load.ts';
import { type RelayProcess, type RelayStack, startRelayStack, untilInStep } from '../helpers/relay-stack.ts';
import { eventually } from '../helpers/stack.ts';

const isFull = process.env.CHAOS_FULL === '1';
const PER_SECOND = 500;

let test: RelayStack;
let relay: RelayProcess;

beforeAll(async () => {
  test = await startRelayStack();
  relay = await test.startRelay();
  await untilInStep([relay]);
});

afterAll(() => test?.stop());

describe(`a Service Bus that is away at ${PER_SECOND} events per second`, () => {
  it('gets everything once and in order when it is back after it was killed', async () => {
    const load = loadHub(test.hub, PER_SECOND);
    await delay(300);
    await test.bus.takeAway();
    const awayMs = isFull ? 60_000 : 3_000;
    const backAtMs = Date.now() + awayMs;
    const during = await eventually(async () => {
      const figures = await relay.figures();
      return figures?.ready === false ? figures : undefined;
    }, 'the relay is not ready');
    await delay(backAtMs - Date.now());
    const spooled = (await relay.figures())?.spooled;
    await test.bus.bringBack();
    await delay(500);
    await load.stop();

    expect(during.problems).toEqual(['the bus does not answer']);
    expect(spooled).toBeGreaterThan((awayMs / 1_000 - 1) * PER_SECOND);
    expect(await differenceAtLast(load.raised, test.arrived, 60_000)).toEqual(NO_DIFFERENCE);
    expect(outOfOrder(load.raised, await test.arrived())).toEqual([]);
    expect(load.raised.filter(({ deliveredTo }) => deliveredTo !== 1)).toEqual([]);
    await eventually(async () => {
      const figures = await relay.figures();
      return figures?.ready && figures.spooled === 0 && figures.discarded === 0 ? true : undefined;
    }, 'the spool is empty and the relay ready again');
  }, 200_000);

  // Windows has no SIGSTOP.
  it.skipIf(process.platform === 'win32')(
    'gets everything once and in order when it hangs for a while',
    async () => {
      const load = loadHub(test.hub, PER_SECOND);
      await delay(200);
      test.bus.freeze();
      await delay(isFull ? 60_000 : 2_000);
      const during = await relay.figures();
      test.bus.goOn();
      await delay(300);
      await load.stop();

      expect(during?.spooled).toBeGreaterThan(200);
      expect(await differenceAtLast(load.raised, test.arrived, 60_000)).toEqual(NO_DIFFERENCE);
      expect(outOfOrder(load.raised, await test.arrived())).toEqual([]);
    },
    200_000,
  );

  it('gets what the relay kept on disk when that was killed meanwhile', async () => {
    const load = loadHub(test.hub, PER_SECOND);
    await delay(200);
    await test.bus.takeAway();
    await delay(200);
    await load.stop();
    await eventually(async () => {
      const figures = await relay.figures();
      return figures?.buffered === 0 && figures.spooled > 0 ? true : undefined;
    }, 'everything is on disk');
    const pid = relay.pid();
    relay.kill('SIGKILL');
    await eventually(() => (relay.pid() === pid ? undefined : true), 'the relay is started again', 20_000);
    await test.bus.bringBack();

    expect(await differenceAtLast(load.raised, test.arrived, 60_000)).toEqual(NO_DIFFERENCE);
    expect(outOfOrder(load.raised, await test.arrived())).toEqual([]);
  }, 60_000);
});

describe(`a Service Bus that is slow at ${PER_SECOND} events per second`, () => {
  it('gets all but the last second of a relay that was killed, and a gap that has what is missing', async () => {
    await relay.stop();
    const bus = await test.openSlowBus();
    const slowed = await test.startRelay(bus.settings);
    await untilInStep([slowed]);
    // The first sends have opened their links then.
    const early = loadHub(test.hub, 20);
    await eventually(async () => ((await slowed.figures())?.sent ?? 0) > 10 || undefined, 'the first events are sent');
    await early.stop();
    const knownGaps = (await gapsIn(test)).length;

    bus.answerAfter(900);
    const load = loadHub(test.hub, PER_SECOND);
    await delay(isFull ? 60_000 : 3_500);
    const before = await slowed.figures();
    const killedMs = Date.now();
    slowed.kill('SIGKILL');
    bus.answerAfter(0);
    await load.stop();
    const gap = await eventually(async () => (await gapsIn(test))[knownGaps], 'a gap', isFull ? 60_000 : 20_000);
    await eventually(async () => {
      const figures = await slowed.figures();
      return figures?.ready && figures.spooled === 0 && figures.buffered === 0 ? true : undefined;
    }, 'the spool is empty');

    const arrived = await test.arrived();
    const lost = missing(load.raised, arrived);
    // It was slow, not away, and what waited longer was on disk.
    expect(before).toMatchObject({ ready: true, problems: [] });
    expect(before?.spooled).toBeGreaterThan(before?.buffered ?? 0);
    expect(lost.filter(({ atMs }) => atMs < killedMs - 2_000)).toEqual([]);
    expect(lost.filter(({ atMs }) => atMs < gap.fromMs || atMs > gap.toMs)).toEqual([]);
    expect(outOfOrder(load.raised, arrived)).toEqual([]);
  }, 120_000);
});

/** What gaps the topic has, in milliseconds since the epoch. */
async function gapsIn({ arrived }: RelayStack) {
  const gaps = (await arrived()).filter(({ type }) => type === 'com.enreach.rte.gap');
  return gaps.map(({ data }) => ({ fromMs: Date.parse(String(data.from)), toMs: Date.parse(String(data.to)) }));
}
