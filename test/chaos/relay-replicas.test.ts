/**
 * Two relays hear the same hub, and one of them is killed at any moment: nothing is lost, and nothing comes twice.
 *
 * CHAOS_FULL=1 kills 20 times where the usual run kills twice, CHAOS_SEED repeats the choices of a run.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { differenceAtLast, loadHub, NO_DIFFERENCE } from '../helpers/hub-load.ts';
import { type RelayProcess, startRelayStack, untilInStep } from '../helpers/relay-stack.ts';
import { eventually } from '../helpers/stack.ts';

const isFull = process.env.CHAOS_FULL === '1';
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 2 ** 31);

async function startTwo(mode: 'pair' | 'standby', { onTestFailed, onTestFinished }: TestContext) {
  const test = await startRelayStack({ hasTable: true });
  onTestFinished(() => test.stop());
  onTestFailed(() => {
    console.error([`CHAOS_SEED=${seed}`, ...test.lines].join('\n'));
  });
  const bus = await test.openSlowBus();
  const spools = ['first', 'second'].map((name) => join(test.folder, name));
  const relays = await Promise.all(
    spools.map((folder) => test.startRelay({ ...bus.settings, RELAY_MODE: mode, RELAY_SPOOL_FOLDER: folder })),
  );
  await untilInStep(relays);
  return { test, bus, relays, spools };
}

const isSending = async (relay: RelayProcess) => (await relay.figures())?.identity.isSending ?? false;

async function sendingOf(relays: readonly RelayProcess[]): Promise<RelayProcess[]> {
  const answers = await Promise.all(relays.map(isSending));
  return relays.filter((_, index) => answers[index]);
}

async function killed(relay: RelayProcess | undefined): Promise<void> {
  const pid = relay?.pid();
  relay?.kill('SIGKILL');
  await eventually(() => (relay?.pid() === pid ? undefined : true), 'the relay is started again', 20_000);
}

// Each waits for its relays most of the time.
describe.concurrent('two relays', () => {
  it('that both send pass everything on once while one of them is killed again and again', async (context) => {
    const { test, relays } = await startTwo('pair', context);
    const kills = fc.record({ victim: fc.nat(1), afterMs: fc.integer({ min: 0, max: isFull ? 3_000 : 300 }) });
    const load = loadHub(test.hub, 100);

    for (const { victim, afterMs } of fc.sample(kills, { seed, numRuns: isFull ? 20 : 2 })) {
      await untilInStep(relays);
      await delay(afterMs);
      await killed(relays[victim]);
    }
    if (isFull) await untilInStep(relays);
    await load.stop();

    expect(await differenceAtLast(load.raised, test.arrived, 30_000)).toEqual(NO_DIFFERENCE);
    expect(load.raised.filter(({ deliveredTo }) => deliveredTo === 0)).toEqual([]);
  }, 600_000);

  it('of which one is on standby pass everything on once when the other is killed', async (context) => {
    const { test, relays } = await startTwo('standby', context);
    const [sender, ...others] = await sendingOf(relays);
    expect(others).toEqual([]);
    const load = loadHub(test.hub, 100);

    await delay(fc.sample(fc.integer({ min: 0, max: 1_000 }), { seed, numRuns: 1 })[0] ?? 0);
    await killed(sender);
    await eventually(async () => {
      const now = await sendingOf(relays);
      return now.length === 1 && now[0] !== sender ? true : undefined;
    }, 'the other one sends');
    await delay(200);
    await load.stop();

    expect(await differenceAtLast(load.raised, test.arrived, 30_000)).toEqual(NO_DIFFERENCE);
    expect(load.raised.filter(({ deliveredTo }) => deliveredTo === 0)).toEqual([]);
  }, 120_000);

  it('of which one is on standby pass on what a slow bus had not taken from the other, without its disk', async (context) => {
    const { test, bus, relays, spools } = await startTwo('standby', context);
    const [sender] = await sendingOf(relays);
    const disk = spools.find((_, index) => relays[index] === sender);
    bus.answerAfter(900);
    const load = loadHub(test.hub, 400);

    await delay(isFull ? 40_000 : 3_000);
    const before = await sender?.figures();
    await load.stop();
    sender?.kill('SIGKILL');
    await rm(disk ?? '', { recursive: true, force: true });
    bus.answerAfter(0);

    expect(before?.spooled).toBeGreaterThan(300);
    expect(await differenceAtLast(load.raised, test.arrived, 30_000)).toEqual(NO_DIFFERENCE);
    expect(load.raised.filter(({ deliveredTo }) => deliveredTo !== 2)).toEqual([]);
  }, 120_000);
});
