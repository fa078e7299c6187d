import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTypeSuffix } from '../../../shared/events/cloud-event.ts';
import { eventName, flag, integer, namedValues, serviceKey, subjectId } from '../../../shared/events/wire-fields.ts';

const refused = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  expect(schema.safeParse(value).success).toBe(false);

describe('integer', () => {
  it('reads a whole number and its text alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), (value) => {
        expect(integer.parse(value)).toBe(value);
        expect(integer.parse(String(value))).toBe(value);
      }),
    );
  });

  it.each([[1.5], ['1.5'], ['1e3'], ['0x10'], [' 1'], ['one'], ['1234567890'], [true], [{}], [[1]]])(
    'refuses %j',
    (value) => refused(integer, value),
  );

  it('may be absent', () => expect(integer.parse(undefined)).toBeUndefined());
});

describe('flag', () => {
  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['False', false],
    ['TRUE', true],
  ])('reads %j', (value, expected) => expect(flag.parse(value)).toBe(expected));

  it.each([['yes'], ['1'], [1], [0], [' true'], [{}], [[true]]])('refuses %j', (value) => refused(flag, value));

  it('may be absent', () => expect(flag.parse(undefined)).toBeUndefined());
});

describe('subjectId', () => {
  it('has 1 to 256 characters', () => {
    expect(subjectId.parse('x'.repeat(256))).toHaveLength(256);
    refused(subjectId, 'x'.repeat(257));
    refused(subjectId, '');
    refused(subjectId, undefined);
    refused(subjectId, 7);
  });
});

describe('serviceKey', () => {
  it('has at most 1,024 characters, or is absent', () => {
    expect(serviceKey.parse('x'.repeat(1_024))).toHaveLength(1_024);
    expect(serviceKey.parse(undefined)).toBeUndefined();
    refused(serviceKey, 'x'.repeat(1_025));
    refused(serviceKey, 7);
  });
});

describe('eventName', () => {
  it('is any text of which an event type can be made', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 128, unit: 'grapheme' }), (name) => {
        fc.pre(name.length <= 128);
        expect(eventName.safeParse(name).success).toBe(eventTypeSuffix(name) !== '');
      }),
    );
  });

  it('has at most 128 characters', () => {
    expect(eventName.parse('e'.repeat(128))).toHaveLength(128);
    refused(eventName, 'e'.repeat(129));
  });
});

describe('namedValues', () => {
  it('takes pairs with anything else beside them', () => {
    const pairs = [{ name: 'Topic', value: 'Invoice', id: 3 }, { value: 'no name' }, {}];
    expect(namedValues.parse(pairs)).toEqual(pairs);
  });

  it.each([[{ name: 'a', value: 'b' }], [['a']], [[{ name: 1 }]], [[{ name: 'a', value: 2 }]]])('refuses %j', (value) =>
    refused(namedValues, value),
  );
});
