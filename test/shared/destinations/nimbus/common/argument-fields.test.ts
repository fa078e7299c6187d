import { describe, expect, it } from 'vitest';
import { destination, detail, listOf } from '../../../../../shared/destinations/nimbus/common/argument-fields.ts';
import * as z from '../../../../../shared/zod.ts';

describe('a destination', () => {
  it.each([
    ['+441632960188', '+441632960188'],
    ['+44 1632 960-188', '+441632960188'],
    ['+1 (555) 010.0123', '+15550100123'],
    ['nora.blake@northwind.example', 'nora.blake@northwind.example'],
    ["o'dell-1@northwind.example", "o'dell-1@northwind.example"],
  ])('%s is written %s', (given, expected) => expect(destination.parse(given)).toBe(expected));

  it.each([
    '01632960188',
    '441632960188',
    '+44 (0)1632 960188',
    '+0441632960188',
    '+44123',
    '+4412345678901234',
    'sip:nora@northwind.example',
    'nora@',
    'anonymous',
    '',
    7,
    null,
  ])('%s is refused', (given) => {
    const { error } = destination.safeParse(given);
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.message).toMatch(/^Invalid (destination: expected a phone number with \+|input: )/);
  });
});

describe('a detail', () => {
  it.each([
    ['a', 'a'],
    [' ', ' '],
    ['', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('%j is read as %j', (given, expected) => expect(detail().parse(given)).toBe(expected));

  it('has no more than its length', () => {
    expect(detail(3).safeParse('abc').success).toBe(true);
    expect(detail(3).safeParse('abcd').error?.issues[0]?.message).toBe(
      'Too big: expected string to have <=3 characters',
    );
  });
});

describe('a list', () => {
  const list = listOf(z.strictObject({ n: z.int().check(z.lte(9)) }), '{n} items');

  it.each([
    [
      [{ n: 1 }, { n: 2 }],
      [{ n: 1 }, { n: 2 }],
    ],
    [{ n: 1 }, [{ n: 1 }]],
    [[], []],
  ])('%j is read as %j', (given, expected) => expect(list.parse(given)).toEqual(expected));

  it('says what it expects, and which item is out of range', () => {
    expect(list.safeParse(['SECRET']).error?.issues).toMatchObject([
      { path: [], message: 'Invalid list: expected {n} items' },
    ]);
    expect(list.safeParse([{ n: 1 }, { n: 10 }]).error?.issues).toMatchObject([
      { path: [1, 'n'], message: 'Too big: expected number to be <=9' },
    ]);
  });
});
