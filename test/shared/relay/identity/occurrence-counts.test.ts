import { expect, test } from 'vitest';
import { contentKey, OccurrenceCounts, randomEpoch } from '../../../../shared/relay/identity/occurrence-counts.ts';

const hashA = 'A'.repeat(43);
const hashB = 'B'.repeat(43);

test('numbers the occurrences of each content', () => {
  const counts = new OccurrenceCounts('e1');
  const ids = [hashA, hashB, hashA].map((hash) => counts.next(hash));
  expect(ids).toEqual([`e1.${'A'.repeat(22)}.1`, `e1.${'B'.repeat(22)}.1`, `e1.${'A'.repeat(22)}.2`]);
  expect(counts.size).toBe(2);
  expect([counts.chainOf(hashA), counts.chainOf(hashB)]).toEqual([
    { epoch: 'e1', count: 2 },
    { epoch: 'e1', count: 1 },
  ]);
});

test('carried contents go on under the old name', () => {
  const counts = new OccurrenceCounts('e2', new Map([[contentKey(hashA), { epoch: 'e1', count: 7 }]]));
  expect(counts.next(hashA)).toBe(`e1.${'A'.repeat(22)}.8`);
  expect(counts.chainOf(hashA)).toEqual({ epoch: 'e1', count: 8 });
  expect(counts.next(hashB)).toBe(`e2.${'B'.repeat(22)}.1`);
});

test('a content that never came has an empty chain', () => {
  expect(new OccurrenceCounts('e1').chainOf(hashA)).toEqual({ epoch: 'e1', count: 0 });
});

test('two epochs have different names', () => {
  expect(randomEpoch()).not.toBe(randomEpoch());
});
