import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../../shared/bus/lane.ts';

describe('laneOf', () => {
  it('is one of the lanes, the same one each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 10_000 }), (subject, lanes) => {
        const lane = laneOf(subject, lanes);
        expect(lane).toMatch(/^lane-\d+$/);
        expect(Number(lane.slice('lane-'.length))).toBeLessThan(lanes);
        expect(laneOf(subject, lanes)).toBe(lane);
      }),
    );
  });

  it.each([2, 8, 32, 100])('spreads subjects evenly over %i lanes', (lanes) => {
    const perLane = 200;
    const counts = new Map<string, number>();
    for (let index = 0; index < lanes * perLane; index += 1) {
      const lane = laneOf(`5e0d3a10-41c7-4f6b-9b1e-${String(index).padStart(12, '0')}`, lanes);
      counts.set(lane, (counts.get(lane) ?? 0) + 1);
    }
    expect(counts.size).toBe(lanes);
    // Five standard deviations of a binomial spread: subjects are fixed, so this either always holds or never.
    const slack = 5 * Math.sqrt(perLane);
    expect(Math.min(...counts.values())).toBeGreaterThan(perLane - slack);
    expect(Math.max(...counts.values())).toBeLessThan(perLane + slack);
  });

  it('without lanes is the subject itself, or a hash where that is too long for a session', () => {
    const short = 'x'.repeat(128);
    expect(laneOf(short, 0)).toBe(short);
    expect(laneOf(`${short}1`, 0)).toMatch(/^[\w-]{43}$/);
    expect(laneOf(`${short}1`, 0)).not.toBe(laneOf(`${short}2`, 0));
  });
});
