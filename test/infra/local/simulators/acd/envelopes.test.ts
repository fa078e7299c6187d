import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shuffleKeys } from '../../../../../infra/local/simulators/acd/envelopes.ts';

describe('shuffleKeys', () => {
  it('reorders the keys of every object', () => {
    const ranks = [0.9, 0.1, 0.8, 0.2];
    const shuffled = shuffleKeys({ a: 1, b: [{ c: 2, d: 3 }] }, () => ranks.shift() ?? 0);
    expect(JSON.stringify(shuffled)).toBe('{"b":[{"d":3,"c":2}],"a":1}');
  });

  it('changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ depthSize: 'small' }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (value, ranks) => {
          const json = JSON.parse(JSON.stringify(value));
          expect(shuffleKeys(json, () => ranks.pop() ?? 0.5)).toEqual(json);
        },
      ),
    );
  });
});
