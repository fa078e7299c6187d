import * as fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { laneOf } from '../../../../shared/bus/lane.ts';
import { TransientError } from '../../../../shared/errors.ts';
import { type Outbox, openOutbox } from '../../../../shared/relay/outbox/outbox.ts';
import { anEvent } from '../../../helpers/an-event.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';
import { useTempFolders } from './temp-folder.ts';
import { TopicBus } from './topic-bus.ts';

const tempFolder = useTempFolders();
afterEach(() => {
  vi.useRealTimers();
});

const SUBJECTS = 6;
const LANES = 4;

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('put'), count: fc.integer({ min: 1, max: 120 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait'), count: fc.integer({ min: 1, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen'), count: fc.constant(0) }) },
);
const outcome = fc.constantFrom('taken', 'taken', 'refused', 'unconfirmed', 'partly', 'hanging', 'slow');

/** Runs timers of `totalMs`, and between them what the disk answers. */
async function pass(totalMs: number, clock: { nowMs: number }): Promise<void> {
  for (let passedMs = 0; passedMs < totalMs; passedMs += 50) {
    clock.nowMs += 50;
    await vi.advanceTimersByTimeAsync(50);
    await new Promise(setImmediate);
  }
}

/** A bus whose sends end one after the other as told, and well when nothing is told any more. */
function failingBus(outcomes: readonly string[]) {
  const bus = new TopicBus();
  const left = [...outcomes];
  let current = 'taken';
  let connection = 1;
  bus.before = async () => {
    const own = connection;
    current = left.shift() ?? 'taken';
    if (current === 'refused') throw new TransientError('refused');
    if (current === 'slow') await new Promise((resolve) => setTimeout(resolve, 1_500));
    if (own !== connection) throw new TransientError('the connection ended');
    if (current === 'hanging') {
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      throw new TransientError('hung');
    }
  };
  bus.part = (count) => (current === 'partly' ? Math.floor(count / 2) : count);
  bus.after = () => {
    if (current === 'unconfirmed') throw new TransientError('unconfirmed');
  };
  /** What is under way ends with the process that sent it: it can't overtake what the next process sends. */
  const endConnection = () => {
    connection += 1;
  };
  return { bus, endConnection };
}

it('loses nothing and keeps every lane in order, whatever the bus does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { minLength: 1, maxLength: 12 }),
      fc.array(outcome, { maxLength: 25 }),
      fc.constantFrom(5_000, 60_000, 10_000_000),
      fc.constantFrom(2_000, 40_000, 10_000_000),
      async (actions, outcomes, bufferMaxBytes, spoolMaxBytes) => {
        const folder = await tempFolder();
        const { bus, endConnection } = failingBus(outcomes);
        const clock = { nowMs: Date.now() };
        const opening = () =>
          openOutbox({
            ...{ bus, topic: 'events', lanes: LANES, folder, bufferMaxBytes, spoolMaxBytes, log: new RecordingLog() },
            clock: () => clock.nowMs,
            random: Math.random,
          });
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
        let outbox: Outbox = await opening();
        const put = new Map<string, string[]>();
        let count = 0;
        let discarded = 0;
        const putOne = () => {
          count += 1;
          const subject = `subject-${count % SUBJECTS}`;
          const isSnapshot = count % 5 === 0;
          const id = `${isSnapshot ? 'snapshot' : 'occurrence'}-${count}`;
          const lane = laneOf(subject, LANES);
          put.set(lane, [...(put.get(lane) ?? []), id]);
          outbox.put({ event: anEvent({ id, subject }), mergeKey: isSnapshot ? subject : undefined });
        };
        const close = async (deadlineMs: number) => {
          const closing = outbox.close(deadlineMs);
          let isClosed = false;
          void closing.then(() => (isClosed = true));
          while (!isClosed) await pass(50, clock);
          discarded += outbox.status().discarded;
        };
        for (const { do: what, count: amount } of actions) {
          if (what === 'put') for (let index = 0; index < amount; index += 1) putOne();
          else if (what === 'wait') await pass(amount, clock);
          else {
            await close(clock.nowMs);
            endConnection();
            outbox = await opening();
          }
        }
        await close(clock.nowMs + 600_000);
        const { buffered, spooled, bufferedBytes } = outbox.status();
        expect({ buffered, spooled, bufferedBytes, discarded }).toEqual({
          ...{ buffered: 0, spooled: 0, bufferedBytes: 0, discarded: 0 },
        });

        const isOccurrence = (id: string) => id.startsWith('occurrence');
        for (const [lane, ids] of put) {
          const arrived = bus.lanes.get(lane) ?? [];
          expect(arrived.filter(isOccurrence)).toEqual(ids.filter(isOccurrence));
          // Snapshots may be missing, but what is there is in order, and the newest of a subject is there.
          expect(arrived).toEqual(ids.filter((id) => new Set(arrived).has(id)));
        }
        for (let subject = 0; subject < SUBJECTS; subject += 1) {
          const newest = lastSnapshotOf(subject, count);
          if (newest !== undefined) expect(bus.ids).toContain(newest);
        }
        if (
          !outcomes.some((each) => each !== 'taken' && each !== 'slow') &&
          !actions.some((each) => each.do === 'reopen')
        ) {
          expect(bus.copies).toBe(0);
        }
        vi.useRealTimers();
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
}, 60_000);

function lastSnapshotOf(subject: number, count: number): string | undefined {
  for (let each = count; each > 0; each -= 1)
    if (each % 5 === 0 && each % SUBJECTS === subject) return `snapshot-${each}`;
  return undefined;
}
