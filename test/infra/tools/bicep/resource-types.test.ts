import { describe, expect, it } from 'vitest';
import type { Deployed } from '../../../../infra/tools/bicep/deploy.ts';
import { checkResource, checkRuntimeRead, readPublishedTypes } from '../../../../infra/tools/bicep/resource-types.ts';
import type { ValueObject } from '../../../../infra/tools/bicep/values.ts';

const published = readPublishedTypes(
  JSON.stringify({
    source: 'https://example.com/types',
    commit: '0'.repeat(40),
    committedAt: '2026-08-20T00:00:00Z',
    note: 'made up',
    types: {
      'Example.Shop/stores@2026-01-01': {
        properties: {
          name: 'string',
          location: 'string',
          sku: { properties: { name: { oneOf: ['Basic', 'Premium'] }, seats: 'number' }, required: ['name'] },
          properties: {
            properties: {
              open: 'boolean',
              state: 'anything',
              doors: { list: { properties: { width: 'number' } } },
              cellar: 'not looked at',
              rule: { by: 'kind', variants: { opening: { properties: { kind: 'string', hour: 'number' } } } },
            },
            readOnly: ['state'],
          },
          tags: { properties: {}, others: 'string' },
        },
        required: ['name', 'location'],
      },
    },
  }),
);

const store: Deployed = {
  type: 'Example.Shop/stores',
  apiVersion: '2026-01-01',
  name: 'corner',
  id: '/stores/corner',
  scope: undefined,
  at: 'a.bicep:1',
  body: {
    location: 'westeurope',
    sku: { name: 'Basic', seats: 3 },
    properties: { open: true, doors: [{ width: 2 }], rule: { kind: 'opening', hour: 8 } },
    tags: { owner: 'me' },
  },
};

/** The problems of the store when its body is changed, without what stands before each. */
function problems(change: ValueObject): string[] {
  return checkResource({ ...store, body: { ...store.body, ...change } }, published).map((problem) =>
    problem.replace('a.bicep:1: Example.Shop/stores corner: ', ''),
  );
}

describe('published resource types', () => {
  it('find nothing where all is right, and take null for what is not there', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ sku: null })).toEqual([]);
  });

  it.each<[string, ValueObject, string]>([
    ['an unknown property', { colour: 'red' }, 'the resource: there is no "colour"'],
    ['one further in', { properties: { doors: [{}, { depth: 1 }] } }, 'properties.doors[1]: there is no "depth"'],
    ['a property that can only be read', { properties: { state: 'x' } }, 'properties: "state" can only be read'],
    ['a missing property', { location: null }, 'the resource: "location" is missing'],
    ['a missing property further in', { sku: { seats: 1 } }, 'sku: "name" is missing'],
    ['a value that is not listed', { sku: { name: 'basic' } }, 'sku.name: "basic" is none of Basic, Premium'],
    ['a value of another kind', { properties: { open: 'yes' } }, 'properties.open: boolean is expected, not "yes"'],
    ['an object in place of a list', { properties: { doors: {} } }, 'properties.doors: a list is expected'],
    ['text in place of an object', { sku: 'Basic' }, 'sku: an object is expected'],
    ['a tag that is no text', { tags: { owner: 1 } }, 'tags.owner: string is expected, not 1'],
    ['a variant that does not exist', { properties: { rule: { kind: 'closing' } } }, 'properties.rule: no such kind'],
    [
      'a property of another variant',
      { properties: { rule: { kind: 'opening', day: 1 } } },
      'properties.rule: there is no "day"',
    ],
    [
      'a part that was never looked at',
      { properties: { cellar: {} } },
      'properties.cellar: not covered yet: write the published types anew',
    ],
  ])('show %s', (_what, change, expected) => {
    expect(problems(change)).toEqual([expected]);
  });

  it('show a type or a version that does not exist', () => {
    expect(checkResource({ ...store, apiVersion: '1999-01-01' }, published)).toEqual([
      'a.bicep:1: Example.Shop/stores corner: there is no Example.Shop/stores@1999-01-01 among the published types',
    ]);
  });

  it('show a property that is read and that Azure does not give', () => {
    const read = { type: store.type, apiVersion: store.apiVersion, at: 'a.bicep:2' };
    expect(checkRuntimeRead({ ...read, path: ['properties', 'state'] }, published)).toEqual([]);
    expect(checkRuntimeRead({ ...read, path: ['properties', 'status'] }, published)).toEqual([
      'a.bicep:2: Example.Shop/stores@2026-01-01 has no properties.status',
    ]);
  });
});
