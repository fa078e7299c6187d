import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../infra/local/simulators/common/seeded-random.ts';

const draw = (seed: number, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random());
};

describe('seededRandom', () => {
  it('repeats with the seed, and stays in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const drawn = draw(seed, 20);
        expect(drawn).toEqual(draw(seed, 20));
        expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
      }),
    );
  });

  it('differs with the seed, and is spread evenly', () => {
    expect(draw(1, 5)).not.toEqual(draw(2, 5));
    const drawn = draw(1, 2_000);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = drawn.filter((value) => Math.floor(value * 10) === tenth).length;
      expect(share).toBeGreaterThan(140);
      expect(share).toBeLessThan(260);
    }
  });
});
