import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acdOperations } from '../../../../shared/destinations/acd/operations.ts';
import { acdPathsSchema } from '../../../../shared/destinations/acd/paths-setting.ts';
import * as z from '../../../../shared/zod.ts';

const problemsOf = (paths: unknown) =>
  z.safeParse(acdPathsSchema, paths).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

const notAPath = 'expected a path below the base URL, such as /acd/events';

describe('paths of an installation', () => {
  it('may repeat the usual ones', () => {
    const usual = Object.fromEntries(Object.entries(acdOperations).map(([name, { path }]) => [name, path]));
    expect(z.parse(acdPathsSchema, usual)).toEqual(usual);
  });

  it.each([
    [{ deleteCampaign: '/dialler/campaigns/{campaignId}' }],
    [{ findContacts: '/dialler/contacts/by-user-data/{userData}' }],
    [{ getResultCodes: '/codes?languagesID={languageId}&id={campaignId}' }],
    [{}],
  ])('may be %j', (paths) => expect(z.parse(acdPathsSchema, paths)).toEqual(paths));

  it.each([
    [{ listEvent: '/acd/events' }, /^listEvent: no such operation; known are listEvents, getEvent, /],
    [{ toString: '/acd/events' }, /^toString: no such operation/],
    [{ getEvent: '/acd/events/event' }, /^getEvent: expected a path with \{eventId\}$/],
    [{ getEvent: '/acd/events/{id}' }, /^getEvent: expected a path with \{eventId\}$/],
    [
      { getResultCodes: '/codes/{campaignId}' },
      /^getResultCodes: expected a path with \{campaignId\}, \{languageId\}$/,
    ],
    [{ listEvents: '/acd/{eventId}' }, /^listEvents: expected a path without placeholders$/],
    [{ listEvents: 7 }, /^listEvents: Invalid input/],
    [['/acd'], /^: Invalid input/],
    ['/acd', /^: Invalid input/],
  ])('can not be %j', (paths, problem) => {
    expect(problemsOf(paths)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    '',
    'acd',
    '/',
    '//evil.example',
    '/acd/../../x',
    '/acd/..',
    '/./acd',
    '/acd#x',
    '/a b',
    '/acd?',
    '/acd?a?b',
    '/%2e%2e',
    'https://x/y',
    '/acd/',
    '/@x',
  ])('can not be the text "%s"', (path) =>
    expect(problemsOf({ listEvents: path })).toEqual([`listEvents: ${notAPath}`]),
  );

  it('show every problem at once', () => {
    expect(problemsOf({ listUsers: 'x', nothing: '/x' })).toHaveLength(2);
  });

  it('never lead away from the base URL', () => {
    const pieces = fc.array(
      fc.constantFrom('/', '..', '.', 'a', '?', '#', '@', '\\', '%2e', ':', '//', 'x=1', '\n', ' '),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const path = parts.join('');
        if (problemsOf({ listEvents: path }).length > 0) return;
        const base = 'https://acd.example/rest/v1.0/7';
        const url = new URL(base + path);
        expect(url.href).toBe(base + path);
        expect(url.hash).toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
