import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedValues } from '../../../../../shared/destinations/nimbus/common/named-values.ts';

const limited = namedValues({ maxItems: 2, maxNameLength: 4, maxValueLength: 3 });

describe('names with values', () => {
  it.each<[string, unknown, unknown]>([
    ['a list', [{ name: 'a', value: 'b' }], [{ name: 'a', value: 'b' }]],
    [
      'an object',
      { a: 'b', c: 'd' },
      [
        { name: 'a', value: 'b' },
        { name: 'c', value: 'd' },
      ],
    ],
    ['the only item of a list', { name: 'a', value: 'b' }, [{ name: 'a', value: 'b' }]],
    ['an object with a parameter called "name"', { name: 'a' }, [{ name: 'name', value: 'a' }]],
    [
      'numbers and booleans',
      { a: 1.5, b: true },
      [
        { name: 'a', value: '1.5' },
        { name: 'b', value: 'true' },
      ],
    ],
    ['an empty value, which sets the parameter to it', { a: '' }, [{ name: 'a', value: '' }]],
    [
      'names without a value',
      [{ name: 'a', value: null }, { name: 'b' }, { name: 'c', value: 'd' }],
      [{ name: 'c', value: 'd' }],
    ],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
  ])('are read from %s', (_what, given, expected) => {
    expect(namedValues().parse(given)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    ['SECRET', 'Invalid list: expected {name, value} items, or an object that gives each name its value'],
    [
      { SECRET: { deeper: 1 } },
      'Invalid list: expected {name, value} items, or an object that gives each name its value',
    ],
    [[{ value: 'SECRET' }], 'Invalid list: expected {name, value} items, or an object that gives each name its value'],
    [{ a: '1', b: '2', c: '3' }, 'Too big: expected at most 2 items'],
    [{ abcde: '1' }, 'Too big: expected names of at most 4 characters'],
    [{ a: '1234' }, 'Too big: expected values of at most 3 characters'],
  ])('%j is refused without quoting it', (given, message) => {
    const { error } = limited.safeParse(given);
    expect(error?.issues.map((issue) => [issue.path, issue.message])).toEqual([[[], message]]);
  });

  it('come out the same from the list and from the object', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(name, fc.string()), (object) => {
        const list = Object.entries(object).map(([name, value]) => ({ name, value }));
        fc.pre(Object.keys(object).sort().join() !== 'name,value');
        expect(namedValues().parse(object)).toEqual(list);
        expect(namedValues().parse(list)).toEqual(list);
      }),
    );
  });
});
