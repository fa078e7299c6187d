import { describe, expect, it } from 'vitest';
import { compileArguments, isExpression } from '../../../shared/routes/arguments.ts';
import type { Scope } from '../../../shared/routes/expression.ts';
import * as z from '../../../shared/zod.ts';

const schema = z.strictObject({
  text: z.string().check(z.minLength(1)),
  count: z.optional(z.int()),
  tags: z.optional(z.array(z.string())),
  nested: z.optional(z.strictObject({ flag: z.boolean(), inner: z.optional(z.strictObject({ deep: z.string() })) })),
});

function scope(data: Record<string, unknown>): Scope {
  return { event: { id: 'event-1' }, data, results: {}, settings: {} };
}

const anything = z.record(z.string(), z.unknown());

async function map(given: Record<string, unknown>, data: Record<string, unknown> = {}) {
  const { mapping, problems } = compileArguments(given, anything);
  expect(problems).toEqual([]);
  return mapping(scope(data));
}

function problemsOf(given: Record<string, unknown>) {
  return compileArguments(given, schema).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('isExpression', () => {
  it.each([
    ['=data.x', true],
    ['=', true],
    [' =data.x', false],
    ['a=b', false],
    ['', false],
    [5, false],
    [['=x'], false],
  ])('%j: %s', (value, expected) => expect(isExpression(value)).toBe(expected));
});

describe('an argument mapping', () => {
  it('takes literals as they stand', async () => {
    const literals = { text: 'data.x', number: 0, no: false, empty: '', list: ['a', 1], object: { a: { b: 'c' } } };
    expect(await map(literals)).toStrictEqual(literals);
  });

  it('evaluates expressions at any depth', async () => {
    const given = { text: '=data.x', list: ['lit', '=data.x & "!"', ['=event.id']], object: { a: { b: ['=data.n'] } } };
    expect(await map(given, { x: 'X', n: 2 })).toStrictEqual({
      text: 'X',
      list: ['lit', 'X!', ['event-1']],
      object: { a: { b: [2] } },
    });
  });

  it('leaves out what comes out empty, at any depth', async () => {
    const given = {
      missing: '=data.missing',
      nothing: '=data.nothing',
      list: ['=data.missing', '=data.nothing', 'kept'],
      object: { missing: '=data.missing', kept: 1 },
      kept: '=data.kept',
    };
    const mapped = await map(given, { nothing: null, kept: false });
    expect(mapped).toStrictEqual({ list: ['kept'], object: { kept: 1 }, kept: false });
  });

  it('turns the lists of JSONata into plain ones', async () => {
    const mapped = await map(
      { names: '=data.items.name', one: '=data.items[0].name' },
      { items: [{ name: 'a' }, { name: 'b' }] },
    );
    expect(mapped).toStrictEqual({ names: ['a', 'b'], one: 'a' });
    expect(Object.getOwnPropertyNames(mapped.names)).toEqual(['0', '1', 'length']);
  });

  it('never touches prototypes, whatever the names', async () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
    const mapped = await map({ ...hostile, copy: '=data.hostile' }, { hostile });
    expect(Object.getPrototypeOf(mapped)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(mapped.copy)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('rejects when one expression fails', async () => {
    await expect(map({ fine: 'x', wrong: ['=$number(data.x)'] }, { x: 'SECRET' })).rejects.toThrow(/^JSONata D3030/);
  });
});

describe('checking arguments', () => {
  it('finds nothing wrong with what may come out right', () => {
    expect(problemsOf({ text: '=data.x', count: '=data.n', nested: { flag: '=data.flag' } })).toEqual([]);
    expect(problemsOf({ text: 'x', tags: ['a'], nested: { flag: true, inner: { deep: 'x' } } })).toEqual([]);
  });

  it.each([
    ['a missing one', {}, [': "text" is missing']],
    ['an unknown one', { text: 'x', txet: 1 }, ['txet: no such argument; known are text, count, tags, nested']],
    [
      'an unknown one that objects have',
      { text: 'x', constructor: 1 },
      ['constructor: no such argument; known are text, count, tags, nested'],
    ],
    ['a literal of the wrong type', { text: 5 }, ['text: Invalid input: expected string, received number']],
    ['a literal that is empty', { text: '' }, ['text: Too small: expected string to have >=1 characters']],
    ['nothing where something is expected', { text: null }, ['text: Invalid input: expected string, received null']],
    ['a wrong item', { text: 'x', tags: ['a', 2] }, ['tags.1: Invalid input: expected string, received number']],
    [
      'an unknown name further in',
      { text: 'x', nested: { flag: true, inner: { deep: 'x', depe: 1 } } },
      ['nested.inner.depe: no such key'],
    ],
    ['an expression that is none', { text: '=data.' }, ['text: Unexpected end of expression (character 5)']],
    ['one in a list', { text: 'x', tags: ['=('] }, ['tags.0: Expected ")" before end of expression (character 1)']],
    [
      'all of it at once',
      { text: '=(', count: 1.5, more: 1 },
      [
        'text: Expected ")" before end of expression (character 1)',
        'more: no such argument; known are text, count, tags, nested',
        'count: Invalid input: expected int, received number',
      ],
    ],
  ])('finds %s', (_what, given, expected) => expect(problemsOf(given)).toEqual(expected));
});
