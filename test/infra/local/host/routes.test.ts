import { describe, expect, it } from 'vitest';
import { compileRoutes, findRoute } from '../../../../infra/local/host/routes.ts';
import { httpTrigger, loadedFunction } from './functions.ts';

const compile = (routes: Record<string, string>, prefix = 'api') =>
  compileRoutes(
    Object.entries(routes).map(([name, route]) => loadedFunction(name, httpTrigger(route))),
    prefix,
  );

describe('findRoute', () => {
  it('takes the first function that matches, not the most literal route', () => {
    const routes = compile({ first: 'things/{name}', second: 'things/literal' });
    expect(findRoute(routes, 'GET', '/api/things/literal')?.route.target.name).toBe('first');
  });

  it('tries later functions when a constraint refuses', () => {
    const routes = compile({ first: 'things/{id:int}', second: 'things/{name}' });
    expect(findRoute(routes, 'GET', '/api/things/x')).toMatchObject({
      route: { target: { name: 'second' } },
      params: { name: 'x' },
    });
  });

  it('takes another method for no match', () => {
    const routes = compile({ only: 'things' });
    expect(findRoute(routes, 'POST', '/api/things')).toBeUndefined();
    expect(findRoute(routes, 'GET', '/api/things')).toBeDefined();
  });

  it('needs the prefix, unless it is empty', () => {
    expect(findRoute(compile({ only: 'things' }), 'GET', '/things')).toBeUndefined();
    expect(findRoute(compile({ only: 'things' }, ''), 'GET', '/things')).toBeDefined();
  });

  it('decodes parameters but for %2F, and leaves broken escapes alone', () => {
    const routes = compile({ only: 'things/{name}' });
    const params = (path: string) => findRoute(routes, 'GET', `/api/things/${path}`)?.params;
    expect(params('a%20b%C3%BC')).toEqual({ name: 'a bü' });
    expect(params('a%2Fb')).toEqual({ name: 'a%2Fb' });
    expect(params('100%')).toEqual({ name: '100%' });
  });

  it('ignores a trailing slash and refuses an empty segment', () => {
    const routes = compile({ only: 'things/{name}' });
    expect(findRoute(routes, 'GET', '/api/things/x/')).toBeDefined();
    expect(findRoute(routes, 'GET', '/api//things/x')).toBeUndefined();
  });
});

describe('compileRoutes', () => {
  it('lists every route it cannot serve', () => {
    expect(() => compile({ one: '{id', two: 'a//b', fine: 'ok' })).toThrow(
      /function 'one'.*needs a '}'[\s\S]*function 'two'.*cannot contain/,
    );
  });

  it('refuses routes of which one could never be reached', () => {
    expect(() => compile({ one: 'things/{id}', two: 'Things/{name}' })).toThrow(
      "function 'two': route 'Things/{name}': function 'one' already answers these requests",
    );
  });

  it('accepts the same route for other methods', () => {
    const routes = compileRoutes(
      [loadedFunction('get', httpTrigger('a', ['GET'])), loadedFunction('put', httpTrigger('a', ['PUT']))],
      'api',
    );
    expect(findRoute(routes, 'PUT', '/api/a')?.route.target.name).toBe('put');
  });

  it("refuses the host's own paths", () => {
    expect(() => compile({ one: 'admin/x' }, '')).toThrow("'admin' and 'runtime' belong to the host");
    expect(compile({ one: 'admin/x' }, 'api')).toHaveLength(1);
  });
});
