import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLucsPaths, filledPath, lucsPathsSchema, pathPart } from '../../../../shared/destinations/lucs/paths.ts';
import { PermanentError } from '../../../../shared/errors.ts';

const problemsOf = (paths: unknown) => lucsPathsSchema.safeParse(paths).error?.issues ?? [];

describe('the paths that are not published', () => {
  it('are assumed, as long as nothing else is set', () => {
    expect(defaultLucsPaths).toEqual({
      createTask: '/v1.0/tasks',
      getServiceTasks: '/v1.0/services/{serviceId}/tasks',
      refreshTask: '/v1.0/tasks/{taskIdentifier}/refresh',
      setTaskEstablished: '/v1.0/tasks/{taskIdentifier}/setestablished',
      terminateTask: '/v1.0/tasks/{taskIdentifier}/terminate',
      createCallback: '/v1.0/callbacks',
      getCallback: '/v1.0/callbacks/{id}',
      cancelCallback: '/v1.0/callbacks/{id}/cancel',
      getServiceUsers: '/v1.0/services/{serviceId}/users',
    });
  });

  it('can be set one by one', () => {
    expect(lucsPathsSchema.parse({ terminateTask: '/v1.0/externaltasks/{taskIdentifier}/terminate' })).toEqual({
      ...defaultLucsPaths,
      terminateTask: '/v1.0/externaltasks/{taskIdentifier}/terminate',
    });
    expect(lucsPathsSchema.parse({ refreshTask: '/{taskIdentifier}' }).refreshTask).toBe('/{taskIdentifier}');
  });

  it.each([
    ['createTask', '/v1.0/tasks/{taskIdentifier}'],
    ['refreshTask', '/v1.0/tasks/refresh'],
    ['refreshTask', '/v1.0/tasks/{serviceId}/refresh'],
    ['refreshTask', '/v1.0/{taskIdentifier}/{taskIdentifier}'],
    ['refreshTask', '/v1.0/tasks/x{taskIdentifier}/refresh'],
    ['refreshTask', '/v1.0/tasks/refresh?task={taskIdentifier}'],
    ['refreshTask', 'v1.0/tasks/{taskIdentifier}/refresh'],
    ['refreshTask', '/v1.0/tasks/{taskIdentifier}/'],
    ['refreshTask', '/v1.0/../{taskIdentifier}'],
    ['refreshTask', '/v1.0/%2e%2e/{taskIdentifier}'],
    ['refreshTask', '//evil.example/{taskIdentifier}'],
    ['refreshTask', ''],
    ['refreshTask', 7],
    ['getServiceUsers', '/v1.0/users'],
    ['createCallback', '/v1.0/callbacks/{id}'],
    ['getCallback', '/v1.0/callbacks'],
    ['cancelCallback', '/v1.0/callbacks/{taskIdentifier}/cancel'],
  ])('are refused for %s as %j', (operation, path) => {
    const problems = problemsOf({ [operation]: path });
    expect(problems.map(({ path }) => path)).toEqual([[operation]]);
    expect(problems[0]?.message).toMatch(/^expected a path such as \/v1\.0\/.*, without query$/);
  });

  it('are refused for operations that do not exist, or have a published path', () => {
    for (const name of ['refresh', 'getTask', 'searchCallbacks']) {
      expect(problemsOf({ [name]: '/v1.0/x' })).toMatchObject([
        { path: [], message: expect.stringMatching(/^no such operation; known are createTask, .*getServiceUsers$/) },
      ]);
    }
  });
});

describe('a part of a path', () => {
  it('comes out of the other end as it went in, and stays one part', () => {
    const nasty = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '?x=',
      '#',
      '%2e%2e',
      '%2F',
      '$&',
      '{serviceId}',
      '\r\n',
      ' ',
      'ü',
    );
    const value = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(''))
      .filter((text) => !['', '.', '..'].includes(text));
    fc.assert(
      fc.property(value, (text) => {
        const url = new URL(`https://lucs.example/base${filledPath('/v1.0/tasks/{taskIdentifier}/refresh', text)}`);
        const [, base, version, tasks, part = '', action, ...more] = url.pathname.split('/');
        expect([base, version, tasks, action, more]).toEqual(['base', 'v1.0', 'tasks', 'refresh', []]);
        expect(decodeURIComponent(part)).toBe(text);
        expect([url.search, url.hash]).toEqual(['', '']);
      }),
    );
  });

  it.each(['', '.', '..', '\uD800'])('can not be %j', (value) => {
    expect(() => pathPart(value)).toThrow(PermanentError);
  });
});
