import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalData, fieldTableOf, mergedTable } from '../../../../shared/events/rte/canonical-data.ts';
import { TooDeepError } from '../../../../shared/events/rte/sorted-copy.ts';
import * as z from '../../../../shared/zod.ts';

const schema = z.looseObject({
  callBackId: z.optional(z.string()),
  items: z.optional(z.array(z.looseObject({ callBackId: z.optional(z.string()), note: z.optional(z.string()) }))),
});
const table = fieldTableOf(schema, { cbrid: 'callBackId', other: 'elsewhere' });

describe('known fields', () => {
  it.each(['callBackId', 'CallBackId', 'callbackid', 'CALLBACKID', 'cbrId', 'CBRId', 'CBRID'])(
    'may be spelt %s',
    (key) => {
      expect(canonicalData({ [key]: 'c', items: [{ [key]: 'd' }] }, table)).toMatchObject({
        data: { callBackId: 'c', items: [{ callBackId: 'd' }] },
        unknownFields: 0,
      });
    },
  );

  it('are left out when they carry nothing', () => {
    const value = { callBackId: '', items: [{ note: null }, { Note: '' }] };

    expect(canonicalData(value, table)).toMatchObject({ data: { items: [{}, {}] }, unknownFields: 0 });
    expect(canonicalData({ items: null }, table).data).toEqual({});
  });

  it('are left alone when they are no lists', () => {
    expect(canonicalData({ items: 'none', callBackId: { CallBackId: 1 } }, table).data).toEqual({
      items: 'none',
      callBackId: { CallBackId: 1 },
    });
    expect(canonicalData({ items: [1, null, [{ Note: 'x' }]] }, table).data).toEqual({
      items: [1, null, [{ Note: 'x' }]],
    });
  });
});

describe('a field under several names', () => {
  it.each([
    [{ CallBackId: 'a', callBackId: 'b', cbrId: 'c' }, { callBackId: 'b', CallBackId: 'a', cbrId: 'c' }, 2],
    [{ cbrId: 'c', CallBackId: 'a' }, { callBackId: 'a', cbrId: 'c' }, 1],
    [{ cbrId: 'c', callBackId: null }, { callBackId: 'c' }, 0],
    [{ cbrId: 'c', callBackId: '', x: 1 }, { callBackId: 'c', x: 1 }, 1],
  ])('in %j loses nothing', (value, data, unknownFields) => {
    const reversed = Object.fromEntries(Object.entries(value).reverse());

    expect(canonicalData(value, table)).toMatchObject({ data, unknownFields });
    expect(JSON.stringify(canonicalData(reversed, table).data.callBackId)).toBe(JSON.stringify(data.callBackId));
  });
});

describe('unknown fields', () => {
  it('stand behind the known ones, sorted at every level, and are counted where fields are known', () => {
    const { data, unknownFields } = canonicalData(
      { z: { b: 1, a: [{ d: 1, c: 2 }] }, A: 1, items: [{ y: 1, x: 2 }], callBackId: 'c' },
      table,
    );

    expect(JSON.stringify(data)).toBe(
      '{"items":[{"x":2,"y":1}],"callBackId":"c","A":1,"z":{"a":[{"c":2,"d":1}],"b":1}}',
    );
    expect(unknownFields).toBe(4);
  });

  it('are passed on as they are', () => {
    const key = fc
      .string()
      .filter((text) => !['callbackid', 'cbrid', 'items', '__proto__'].includes(text.toLowerCase()));
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), (value) => {
        expect(canonicalData(value, table).data).toEqual(value);
        expect(canonicalData(value, table).unknownFields).toBe(Object.keys(value).length);
      }),
    );
  });

  it('can not replace the prototype of an object', () => {
    const { data, unknownFields } = canonicalData(JSON.parse('{"__proto__":{"x":1},"y":{"__proto__":{"x":1}}}'), table);

    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(JSON.stringify(data)).toBe('{"y":{"__proto__":{"x":1}}}');
    expect(unknownFields).toBe(2);
  });

  it('may not be nested without end', () => {
    const endless: Record<string, unknown> = {};
    endless.endless = endless;

    expect(() => canonicalData(endless, table)).toThrow(TooDeepError);
  });
});

it('merges tables', () => {
  const merged = mergedTable([table, fieldTableOf(z.looseObject({ userId: z.string() }), {})]);

  expect(canonicalData({ UserId: 'u', CBRId: 'c' }, merged).data).toEqual({ userId: 'u', callBackId: 'c' });
});
