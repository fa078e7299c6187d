import { describe, expect, it } from 'vitest';
import { isAuthorized, isMasterKey, presentedKey } from '../../../../infra/local/host/keys.ts';

const keys = { master: 'm', default: 'd', functions: { Mine: 'f' } };

describe('isAuthorized', () => {
  it.each([
    ['anonymous', undefined, true],
    ['anonymous', 'wrong', true],
    ['function', undefined, false],
    ['function', '', false],
    ['function', 'wrong', false],
    ['function', 'f', true],
    ['function', 'd', true],
    ['function', 'm', true],
    ['admin', 'f', false],
    ['admin', 'd', false],
    ['admin', 'm', true],
  ] as const)('level %s with key %s: %s', (level, key, expected) => {
    expect(isAuthorized(keys, level, 'mine', key)).toBe(expected);
  });

  it("does not open a function with another function's key", () => {
    expect(isAuthorized(keys, 'function', 'other', 'f')).toBe(false);
  });

  it('opens nothing when no key or an empty one is configured', () => {
    expect(isAuthorized({}, 'function', 'mine', '')).toBe(false);
    expect(isAuthorized({ master: '', default: '' }, 'function', 'mine', '')).toBe(false);
    expect(isMasterKey({}, undefined)).toBe(false);
  });
});

it('prefers the header to the query', () => {
  expect(presentedKey('header', 'code')).toBe('header');
  expect(presentedKey(undefined, 'code')).toBe('code');
});
