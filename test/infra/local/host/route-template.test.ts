import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRouteTemplate } from '../../../../infra/local/host/route-template.ts';

const match = (template: string, path: string) =>
  parseRouteTemplate(template).match(path === '' ? [] : path.split('/'));

describe('parseRouteTemplate', () => {
  it.each([
    ['orders', 'ORDERS', {}],
    ['orders/{id}', 'orders/7', { id: '7' }],
    ['orders/{id?}', 'orders', {}],
    ['orders/{id?}', 'orders/7', { id: '7' }],
    ['orders/{id=5}', 'orders', { id: '5' }],
    ['orders/{id=5}', 'orders/6', { id: '6' }],
    ['orders/{a?}/{b?}', 'orders/1', { a: '1' }],
    ['files/{*rest}', 'files', {}],
    ['files/{*rest}', 'files/a/b', { rest: 'a/b' }],
    ['files/{**rest}', 'files/a', { rest: 'a' }],
    ['files/{*rest=none}', 'files', { rest: 'none' }],
    ['{name}.{extension}', 'a.b.c', { name: 'a.b', extension: 'c' }],
    ['{name}.{extension?}', 'a', { name: 'a' }],
    ['{name}.{extension?}', 'a.b', { name: 'a', extension: 'b' }],
    ['v{version}-x', 'v12-x', { version: '12' }],
    ['a.b', 'a.b', {}],
    ['{{literal}}', '{literal}', {}],
    ['{id:int:min(3)}', '3', { id: '3' }],
    ['{id:regex(^\\d{{3}}-(a|b)$)}', '123-b', { id: '123-b' }],
    ['{id:int?}', '', {}],
    ['{id:int=4}', '', { id: '4' }],
    ['trailing/', 'trailing', {}],
  ])('%s matches %s', (template, path, params) => {
    expect(match(template, path)).toEqual(params);
  });

  it.each([
    ['orders', 'orders/7'],
    ['orders/{id}', 'orders'],
    ['orders/{id:int}', 'orders/x'],
    ['orders/{id:int?}', 'orders/x'],
    ['{id:int:min(3)}', '2'],
    ['{id:regex(^\\d{{3}}$)}', '1234'],
    ['a.b', 'axb'],
    ['{name}.{extension}', 'a'],
    ['files/{*rest:length(3)}', 'files/abcd'],
    ['a/{b?}/c', 'a'],
  ])('%s does not match %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it.each([
    ['/orders', "cannot start with '/'"],
    ['a//b', "cannot contain '//'"],
    ['a?b', "cannot contain '?'"],
    ['{id', "needs a '}' for each '{'"],
    ['{a}/{A}', "'A' appears more than once"],
    ['{*rest}/more', "'{*rest}' must be the last segment"],
    ['{a}{b}', 'needs a literal between parameters'],
    ['{a}-{b?}', "may only follow a '.'"],
    ['{id:nothing}', "'nothing()' is not known"],
    ['{id:int(3)}', "'int' takes no argument"],
    ['{id:range(1)}', "'range' does not exist with these arguments"],
    ['{id:regex([)}', 'pattern that cannot be read'],
    ['{}', "'{}' is no route parameter"],
  ])('%s is refused', (template, reason) => {
    expect(() => parseRouteTemplate(template)).toThrow(reason);
  });

  it('gives templates that match the same paths the same shape', () => {
    const shape = (template: string) => parseRouteTemplate(template).shape;
    expect(shape('Orders/{id:int}')).toBe(shape('orders/{number:int}'));
    expect(shape('orders/{id}')).not.toBe(shape('orders/{id:int}'));
    expect(shape('orders/{id?}')).not.toBe(shape('orders/{id}'));
  });

  it('returns any segment text as the parameter it stands for', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (first, second) => {
        expect(parseRouteTemplate('x/{first}/{*rest}').match(['x', first, second])).toEqual({ first, rest: second });
      }),
    );
  });
});
