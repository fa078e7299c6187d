import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicaliseKeys, keyTreeOf, pointerInOriginal } from '../../../shared/events/canonical-keys.ts';
import * as z from '../../../shared/zod.ts';
import { anyCasing, recase } from '../../helpers/casing.ts';

const tree = keyTreeOf(
  z.looseObject({
    upn: z.optional(z.string()),
    'a/b~c': z.optional(z.string()),
    person: z.optional(
      z.nullable(
        z.looseObject({ firstName: z.string(), phones: z.optional(z.array(z.looseObject({ kind: z.string() }))) }),
      ),
    ),
  }),
);
const known = new Set(['upn', 'a/b~c', 'person', 'firstname', 'phones', 'kind']);
const isKnown = (key: string) => known.has(key.toLowerCase());

const unknownName = fc.string({ unit: 'grapheme' }).filter((name) => !isKnown(name) && name !== '__proto__');
const extra = fc.dictionary(unknownName, fc.jsonValue(), { maxKeys: 3, noNullPrototype: true });

function withExtra(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const filled = fc.record(fields, { requiredKeys: [], noNullPrototype: true });
  return fc.tuple(extra, filled).map(([unknown, ours]) => ({ ...unknown, ...ours }));
}

const text = fc.string({ minLength: 1 });
const body = withExtra({
  upn: text,
  'a/b~c': text,
  person: withExtra({ firstName: text, phones: fc.array(withExtra({ kind: text }), { maxLength: 3 }) }),
});

describe('canonicaliseKeys', () => {
  it('spells known keys at every level in one way and leaves all else as it is', () => {
    fc.assert(
      fc.property(body, anyCasing, (original, casing) => {
        const recased = recase(original, casing, isKnown);
        expect(canonicaliseKeys(recased, tree)).toEqual(original);
      }),
    );
  });

  it('changes nothing in a value that no schema describes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicaliseKeys(value, undefined)).toBe(value);
      }),
    );
  });

  it.each([null, ''])('drops a known key that carries %j, and keeps an unknown one', (nothing) => {
    const value = { UPN: nothing, note: nothing, person: { FIRSTNAME: nothing, nick: nothing }, 'A/B~C': 'x' };
    expect(canonicaliseKeys(value, tree)).toEqual({ note: nothing, person: { nick: nothing }, 'a/b~c': 'x' });
  });

  it.each([
    ['the canonical casing wins', { UPN: 'first', upn: 'canonical', Upn: 'last' }, 'canonical'],
    ['else the first wins', { UPN: 'first', Upn: 'last' }, 'first'],
    ['one that carries nothing loses', { upn: null, UPN: '', Upn: 'last' }, 'last'],
  ])('takes one of several casings: %s', (_, value, winner) => {
    expect(canonicaliseKeys(value, tree)).toEqual({ upn: winner });
  });

  it('keeps keys that mean something to JavaScript as plain data', () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}',
    );
    const result = canonicaliseKeys(hostile, tree);
    expect(JSON.stringify(result)).toBe(JSON.stringify(hostile));
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each([['text'], [7], [true], [null]])('passes %j on for the schema to refuse', (value) => {
    expect(canonicaliseKeys(value, tree)).toBe(value);
  });
});

describe('pointerInOriginal', () => {
  it('names any known place in the spelling of the sender', () => {
    fc.assert(
      fc.property(body, anyCasing, (original, casing) => {
        const recased = recase(original, casing, isKnown);
        for (const { path, pointer } of knownPlaces(original, recased)) {
          expect(pointerInOriginal(recased, path)).toBe(pointer);
        }
      }),
    );
  });

  it.each([
    ['nothing', {}, [], ''],
    ['a casing', { UPN: 1 }, ['upn'], '/UPN'],
    ['a missing key in the canonical spelling', { other: 1 }, ['upn'], '/upn'],
    ['a missing key below a missing one', {}, ['person', 'firstName'], '/person/firstName'],
    [
      'an item of a list',
      { Person: { PHONES: [{}, { Kind: 1 }] } },
      ['person', 'phones', 1, 'kind'],
      '/Person/PHONES/1/Kind',
    ],
    ['characters that a pointer escapes', { 'A/B~C': 1 }, ['a/b~c'], '/A~1B~0C'],
    ['the casing that was read, not one that carried nothing', { upn: null, UPN: '', Upn: 1 }, ['upn'], '/Upn'],
    ['a key that carried nothing', { UPN: '' }, ['upn'], '/UPN'],
  ])('names %s', (_, original, path, pointer) => {
    expect(pointerInOriginal(original, path)).toBe(pointer);
  });
});

/** Where each known key of `original` is, and the RFC 6901 pointer to the same place in `recased`. */
function knownPlaces(
  original: unknown,
  recased: unknown,
  at: { path: readonly PropertyKey[]; pointer: string } = { path: [], pointer: '' },
): { path: readonly PropertyKey[]; pointer: string }[] {
  if (typeof original !== 'object' || original === null || typeof recased !== 'object' || recased === null) return [];
  const keys = Object.keys(recased);
  return Object.entries(original).flatMap(([key, below], index) => {
    if (!Array.isArray(original) && !isKnown(key)) return [];
    const spelt = keys[index] ?? '';
    const place = {
      path: [...at.path, Array.isArray(original) ? index : key],
      pointer: `${at.pointer}/${spelt.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    };
    return [place, ...knownPlaces(below, Reflect.get(recased, spelt), place)];
  });
}
