import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../shared/bus/bus.ts';
import { deliveryKey, readDelivery, toDeliveryMessage } from '../../../shared/delivery/delivery.ts';
import { TransientError } from '../../../shared/errors.ts';
import { bodyOf } from '../../helpers/recording-bus.ts';
import { engineUnderTest, HOUR_MS, START_MS, type StepName } from './engine-under-test.ts';

/**
 * What becomes of one operation on the ledger, the bus or the destination. Failures are answered as such, before or
 * after the operation took effect; at a crash nothing of the process goes on.
 */
type Fate = 'fine' | 'fails before' | 'fails after' | 'crashes before' | 'crashes after';

interface Schedule {
  /** In the order of operations; all later ones are fine. */
  readonly fates: readonly Fate[];
  /** How long it takes until the message of each crashed process is delivered again. */
  readonly redeliveryMs: readonly number[];
  /** Whether the bus drops messages whose id it has seen. */
  readonly dropsDuplicates: boolean;
}

const fate = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Fate>('fine') },
  { weight: 5, arbitrary: fc.constantFrom<Fate>('fails before', 'fails after', 'crashes before', 'crashes after') },
);

const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  fates: fc.array(fate, { maxLength: 40 }),
  // Claims last 60 s: some crashes are noticed long before they end, some after.
  redeliveryMs: fc.array(fc.constantFrom(0, 1_000, 59_999, 60_000, 300_000), { minLength: 1, maxLength: 5 }),
  dropsDuplicates: fc.boolean(),
});

interface Outcome {
  readonly effects: number;
  readonly nextSteps: readonly OutgoingMessage[];
  readonly failures: number;
  readonly state: string | undefined;
}

/** Delivers until nothing is left in the queue, on a machine where the schedule's faults happen. */
async function play({ fates, redeliveryMs, dropsDuplicates }: Schedule, step: StepName): Promise<Outcome> {
  const engine = engineUnderTest({ step, maxAgeMs: 10_000 * HOUR_MS });
  const { bus, table, clock, destination, options } = engine;
  let operations = 0;
  let effects = 0;
  let crash: () => void = () => undefined;

  const pass = (current: Fate, moment: 'before' | 'after'): Promise<never> | undefined => {
    if (current === `fails ${moment}`) throw new TransientError('a planned fault');
    if (current !== `crashes ${moment}`) return undefined;
    crash();
    return new Promise(() => undefined);
  };
  let current: Fate = 'fine';
  const begin = () => {
    current = fates[operations++] ?? 'fine';
    return pass(current, 'before');
  };
  const end = () => pass(current, 'after');
  table.before = begin;
  table.after = end;
  bus.before = begin;
  bus.after = end;
  destination.run = async () => {
    await begin();
    effects += 1;
    await end();
    return { id: 'made' };
  };
  destination.findExisting = async () => {
    await begin();
    await end();
    return effects > 0 ? { id: 'made' } : undefined;
  };

  const first = toDeliveryMessage(engine.delivery(), options.lanes);
  const queue: { message: OutgoingMessage; atMs: number }[] = [{ message: first, atMs: START_MS }];
  const seen = new Set([first.messageId]);
  let crashes = 0;
  let read = 0;
  for (let rounds = 0; queue.length > 0; rounds++) {
    if (rounds > 2_000) throw new Error('it does not come to an end');
    queue.sort((a, b) => a.atMs - b.atMs);
    const next = queue.shift();
    if (next === undefined) break;
    clock.nowMs = Math.max(clock.nowMs, next.atMs);

    const crashed = new Promise<'crashed'>((resolve) => {
      crash = () => resolve('crashed');
    });
    const work = engine.deliver(readDelivery(bodyOf(next.message))).then(
      () => 'settled' as const,
      () => 'thrown' as const,
    );
    const ending = await Promise.race([crashed, work]);
    // The host delivers a message again whose function threw or died.
    if (ending === 'thrown') queue.push({ message: next.message, atMs: clock.nowMs });
    if (ending === 'crashed') {
      const delayMs = redeliveryMs[crashes++ % redeliveryMs.length] ?? 0;
      queue.push({ message: next.message, atMs: clock.nowMs + delayMs });
    }

    const copies = bus.messagesOf('deliver-demo');
    for (const message of copies.slice(read)) {
      if (dropsDuplicates && seen.has(message.messageId)) continue;
      seen.add(message.messageId);
      queue.push({ message, atMs: message.scheduledEnqueueTime?.getTime() ?? clock.nowMs });
    }
    read = copies.length;
  }

  table.recover();
  return {
    effects,
    nextSteps: bus.messagesOf('deliver-next'),
    failures: bus.messagesOf('failed').length,
    state: (await engine.ledger.lookUp(deliveryKey(engine.delivery())))?.state,
  };
}

describe('a delivery under faults', () => {
  it('has exactly one effect, and its next step is sent under one message id', async () => {
    const property = fc.asyncProperty(anySchedule, async (schedule) => {
      const { effects, nextSteps, failures, state } = await play(schedule, 'demo.findable');
      expect({ effects, failures, state }).toEqual({ effects: 1, failures: 0, state: 'done' });
      expect(nextSteps.length).toBeGreaterThanOrEqual(1);
      expect(new Set(nextSteps.map(({ messageId }) => messageId)).size).toBe(1);
      expect(nextSteps[0]?.body).toMatchObject({ results: { first: { id: 'made' } } });
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('has at least one effect where the destination can not be asked', async () => {
    const property = fc.asyncProperty(anySchedule, async (schedule) => {
      const { effects, nextSteps, failures, state } = await play(schedule, 'demo.blind');
      expect(effects).toBeGreaterThanOrEqual(1);
      expect({ failures, state }).toEqual({ failures: 0, state: 'done' });
      expect(new Set(nextSteps.map(({ messageId }) => messageId)).size).toBe(1);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('would have more than one without asking: the faults here are real ones', async () => {
    const lostAnswer: Schedule = { fates: ['fine', 'fails after'], redeliveryMs: [0], dropsDuplicates: true };
    expect(await play(lostAnswer, 'demo.blind')).toMatchObject({ effects: 2 });
    expect(await play(lostAnswer, 'demo.findable')).toMatchObject({ effects: 1 });

    const died: Schedule = { fates: ['fine', 'crashes after'], redeliveryMs: [0], dropsDuplicates: true };
    expect(await play(died, 'demo.blind')).toMatchObject({ effects: 2 });
    expect(await play(died, 'demo.findable')).toMatchObject({ effects: 1 });
  });
});
