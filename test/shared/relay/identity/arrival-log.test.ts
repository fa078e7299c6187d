import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrivalLog } from '../../../../shared/relay/identity/arrival-log.ts';

/** A log that began at 0, of one content whose chain stands at the number of its arrivals. */
function entryOf(timesMs: readonly number[], atMs: number, untilMs: number, earliestCutMs = 0) {
  const log = new ArrivalLog(0);
  for (const timeMs of timesMs) log.add('content', timeMs);
  return log.entries(atMs, untilMs, earliestCutMs, () => ({ epoch: 'e1', count: timesMs.length }))[0];
}

describe('the cut', () => {
  test('of a content that came once is where no arrival is near', () => {
    expect(entryOf([900], 1_000, 2_000)).toMatchObject({ cutMs: 1_450, count: 1, epoch: 'e1' });
  });

  test('is in the widest gap, with the number the content had there', () => {
    expect(entryOf([1_000, 1_100, 1_900, 2_000], 1_200, 2_100)).toMatchObject({ cutMs: 500, count: 0 });
    expect(entryOf([100, 200, 1_100, 1_200], 1_000, 1_300)).toMatchObject({ cutMs: 650, count: 2 });
  });

  test('is not before the earliest, but as far from arrivals as may be', () => {
    expect(entryOf([2_000, 2_100], 2_050, 2_200, 1_500)).toMatchObject({ cutMs: 1_500, count: 0 });
  });

  test.each([
    [[999], 1],
    [[1_000], 0],
  ])('is told for contents that came before the epoch: %j', (timesMs, entries) => {
    expect([entryOf(timesMs, 1_000, 2_000)].filter((entry) => entry !== undefined)).toHaveLength(entries);
  });

  test('separates the same occurrences in all relays that receive each within the spread', () => {
    const SPREAD = 600;
    fc.assert(
      fc.property(
        fc.array(fc.record({ atMs: fc.integer({ min: 0, max: 5_000 }), lateMs: fc.integer({ min: -599, max: 599 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        (arrivals) => {
          const timesMs = arrivals.map(({ atMs }) => atMs).sort((a, b) => a - b);
          const entry = entryOf(timesMs, 5_001, 6_200);
          if (entry === undefined) throw new Error('no entry');
          // All the time is a matter of luck.
          fc.pre(timesMs.every((timeMs) => Math.abs(timeMs - entry.cutMs) >= SPREAD));
          const seenElsewhere = arrivals.filter(({ atMs, lateMs }) => atMs + lateMs < entry.cutMs);
          expect(seenElsewhere).toHaveLength(entry.count);
        },
      ),
    );
  });
});

test('tells the contents it has', () => {
  const log = new ArrivalLog(0);
  log.add('one', 1);
  log.add('two', 2);
  log.add('one', 3);
  expect(log.contents()).toEqual(['one', 'two']);
});
