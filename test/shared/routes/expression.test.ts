import { afterEach, describe, expect, it, vi } from 'vitest';
import { PermanentError } from '../../../shared/errors.ts';
import { compileCondition, compileExpression, ExpressionError, type Scope } from '../../../shared/routes/expression.ts';

function scope(data: Record<string, unknown>): Scope {
  return { event: { id: 'event-1' }, data, results: { contact: { fullName: 'Nora' } }, settings: { group: 45 } };
}

describe('compileExpression', () => {
  it.each([
    ['event.id', 'event-1'],
    ['data.direction', 'Inbound'],
    ['results.contact.fullName', 'Nora'],
    ['settings.group', 45],
    ['data.missing', undefined],
    ['data.missing ?? "none"', 'none'],
    ['data.nothing', null],
    ['$sum', undefined],
    ['function($text) { data.direction & $text }', undefined],
    ['/in/', undefined],
  ])('%s is %j', async (source, expected) => {
    const result = await compileExpression(source)(scope({ direction: 'Inbound', nothing: null }));
    expect(result).toEqual(expected);
  });

  it('gives plain JSON: no hidden properties of lists, no functions inside', async () => {
    const result = await compileExpression('{"names": data.items.name, "builtIn": $sum, "own": function($x) { data }}')(
      scope({ items: [{ name: 'a' }, { name: 'b' }] }),
    );
    expect(result).toStrictEqual({ names: ['a', 'b'] });
    const names = typeof result === 'object' && result !== null ? Reflect.get(result, 'names') : undefined;
    expect(Object.getOwnPropertyNames(names)).toEqual(['0', '1', 'length']);
  });

  it('gives a copy, so that nothing done to a result changes the event', async () => {
    const data = { inner: { list: [1] } };
    const result = await compileExpression('data.inner')(scope(data));
    expect(result).toEqual(data.inner);
    expect(result).not.toBe(data.inner);
  });

  it.each([
    ['data.', /character 5/],
    ['(', /character 1/],
    ['"open', /character 5/],
    ['', /./],
  ])('refuses %j at once, and says where it is wrong', (source, place) => {
    expect(() => compileExpression(source)).toThrow(ExpressionError);
    expect(() => compileExpression(source)).toThrow(place);
  });

  it.each([
    '$number(data.caller)',
    'data.caller + 1',
    '$error(data.caller)',
    '$assert(false, data.caller)',
    'data.caller()',
    '$toMillis(data.caller)',
  ])('%s fails without a value of the event in the message', async (source) => {
    const failure = await compileExpression(source)(scope({ caller: 'SECRET-4711' })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ExpressionError);
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ name: 'ExpressionError', message: expect.stringMatching(/^JSONata \w+ at char/) });
    expect(String(failure)).not.toContain('SECRET');
    expect(failure).not.toHaveProperty('cause');
  });

  describe('stops an expression without end', () => {
    afterEach(() => vi.restoreAllMocks());

    it.each([
      ['that goes ever deeper', '($f := function($n) { $f($n + 1) + 1 }; $f(1))', 'D1011'],
      ['that makes an endless list', '[1..9999999]', 'D2015'],
    ])('%s', async (_what, source, code) => {
      await expect(compileExpression(source)(scope({}))).rejects.toThrow(`JSONata ${code}`);
    });

    it('that turns in a circle', async () => {
      let nowMs = 0;
      vi.spyOn(Date, 'now').mockImplementation(() => (nowMs += 1));
      const endless = compileExpression('($f := function($n) { $f($n + 1) }; $f(1))');
      await expect(endless(scope({}))).rejects.toThrow('JSONata D1012');
    });
  });
});

describe('compileCondition', () => {
  it.each([
    ['data.text', { text: 'x' }, true],
    ['data.text', { text: '' }, false],
    ['data.text', { text: 'false' }, true],
    ['data.count', { count: 1 }, true],
    ['data.count', { count: 0 }, false],
    ['data.flag', { flag: true }, true],
    ['data.flag', { flag: false }, false],
    ['data.missing', {}, false],
    ['data.nothing', { nothing: null }, false],
    ['data.list', { list: [] }, false],
    ['data.list', { list: [0, ''] }, false],
    ['data.list', { list: [0, 1] }, true],
    ['data.object', { object: {} }, false],
    ['data.object', { object: { a: 0 } }, true],
    ['$sum', {}, false],
    ['function($x) { $x }', {}, false],
    ['data.list', { list: [[0], [[false]]] }, false],
    ['data.list', { list: [[0], [[true]]] }, true],
    ["data.direction = 'Inbound' and $not($exists(data.agent))", { direction: 'Inbound' }, true],
    ["data.direction = 'Inbound' and $not($exists(data.agent))", { direction: 'Inbound', agent: 'x' }, false],
  ])('%s of %j is %s', async (source, data, expected) => {
    await expect(compileCondition(source)(scope(data))).resolves.toBe(expected);
  });

  it('rejects where the expression fails for this event, without its values', async () => {
    const condition = compileCondition('$contains(data.caller, "9")');
    await expect(condition(scope({ caller: 4711 }))).rejects.toThrow(/^JSONata T0410 at character 10$/);
  });

  it('refuses a wrong source at once', () => expect(() => compileCondition('a and')).toThrow(ExpressionError));
});
