import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { boundedJson } from '../../../../shared/events/rte/bounded-json.ts';

it('writes JSON of the value, the same for whatever order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      const text = boundedJson(value, 1_000_000);

      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(boundedJson(Object.fromEntries(Object.entries(value).reverse()), 1_000_000)).toBe(text);
      expect(boundedJson([value, value], 1_000_000)).toBe(`[${text},${text}]`);
    }),
  );
  expect(boundedJson({ b: [{ d: 1, c: '"' }], a: {} }, 100)).toBe('{"a":{},"b":[{"c":"\\"","d":1}]}');
});

it('writes null for what JSON can not say', () => {
  expect(boundedJson([undefined, Number.NaN, 1n, () => 1, Symbol('x')], 100)).toBe('[null,null,null,null,null]');
});

it('stops soon after the limit, however many items are left', () => {
  let read = 0;
  const items = new Proxy<number[]>([], {
    get: (target, key, receiver) => {
      if (key === 'length') return 1_000_000;
      if (typeof key === 'string' && /^\d+$/.test(key)) return ++read;
      return Reflect.get(target, key, receiver);
    },
  });

  expect(boundedJson(items, 20)).toBe('[1,2,3,4,5,6,7,8,9,10');
  expect(read).toBe(10);
});
