import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, nextSlotMs, slackMs, withSlot } from '../../../shared/delivery/call-slots.ts';
import { mostInAnyWindow } from './virtual-time.ts';

/** At the start of a minute's bucket. */
const START_MS = 1_699_999_950_000;
const MINUTE = { callsPerWindow: 100, windowMs: 60_000 };

/** Starts that calls get which are asked for at these times. */
function starts(askedMs: readonly number[], rules: { callsPerWindow: number; windowMs: number }) {
  let buckets: readonly Bucket[] = [];
  const slots = askedMs.map((timeMs) => {
    const slotMs = nextSlotMs(buckets, timeMs, rules);
    buckets = withSlot(buckets, slotMs, rules);
    return slotMs;
  });
  return { slots, buckets };
}

describe('nextSlotMs', () => {
  it('lets calls start at once as long as there is room', () => {
    const { slots } = starts(Array(100).fill(START_MS + 7), MINUTE);
    expect(new Set(slots)).toEqual(new Set([START_MS + 7]));
  });

  it('makes the next one wait a window and a tenth, no longer', () => {
    const { slots } = starts(Array(101).fill(START_MS), MINUTE);
    expect((slots.at(-1) ?? 0) - START_MS).toBe(66_000);
  });

  it('uses nine tenths of what is allowed at full load', () => {
    const { slots } = starts(Array(1_000).fill(START_MS), MINUTE);
    const perMinute = (1_000 / ((slots.at(-1) ?? 0) - START_MS)) * 60_000;
    expect(perMinute).toBeGreaterThan(90);
  });

  it('allows one call per window where no more is allowed', () => {
    const { slots } = starts([START_MS, START_MS, START_MS + 200_000], { callsPerWindow: 1, windowMs: 60_000 });
    expect(slots.map((slotMs) => slotMs - START_MS)).toEqual([0, 66_000, 200_000]);
  });

  it('never lets more start in any window and its slack, never back in time, and remembers little', () => {
    const times = fc.array(fc.record({ afterMs: fc.nat(700), calls: fc.integer({ min: 1, max: 12 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 20, max: 2_000 }),
        (bursts, calls, windowMs) => {
          const rules = { callsPerWindow: calls, windowMs };
          let timeMs = START_MS;
          const asked = bursts.flatMap((burst) => {
            timeMs += burst.afterMs;
            return Array<number>(burst.calls).fill(timeMs);
          });
          const { slots, buckets } = starts(asked, rules);
          expect(mostInAnyWindow(slots, windowMs + slackMs(rules))).toBeLessThanOrEqual(calls);
          expect(slots).toEqual(slots.toSorted((a, b) => a - b));
          slots.forEach((slotMs, index) => {
            expect(slotMs).toBeGreaterThanOrEqual(asked[index] ?? 0);
          });
          expect(buckets.length).toBeLessThanOrEqual(250);
        },
      ),
    );
  });
});
