import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../shared/events/content-hash.ts';

describe('contentHash', () => {
  it('does not depend on the order of keys, at any level', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        expect(contentHash(backwards(value))).toBe(contentHash(value));
      }),
    );
  });

  it('differs when the content does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(
          JSON.stringify(one) !== JSON.stringify(other) && JSON.stringify(backwards(one)) !== JSON.stringify(other),
        );
        expect(contentHash({ one, list: [one, other] })).not.toBe(contentHash({ one, list: [other, one] }));
      }),
    );
  });

  it('is 43 characters that a table key may have', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentHash(value)).toMatch(/^[\w-]{43}$/);
      }),
    );
  });
});

function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, below]) => [key, backwards(below)]),
  );
}
