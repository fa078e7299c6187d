import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../../shared/routes/glob.ts';

/** The same by recursion, one character at a time. */
function fits(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return fits(pattern.slice(1), text) || (text !== '' && fits(pattern, text.slice(1)));
  return text !== '' && pattern.charAt(0) === text.charAt(0) && fits(pattern.slice(1), text.slice(1));
}

const fewCharacters = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), maxLength });

describe('compileGlob', () => {
  it.each([
    ['com.luware.nimbus.task.terminated', 'com.luware.nimbus.task.terminated', true],
    ['com.luware.nimbus.task.*terminated', 'com.luware.nimbus.task.taskterminated', true],
    ['com.luware.nimbus.task.*', 'com.luware.nimbus.schedulerentry.created', false],
    ['com.luware.nimbus.task', 'com.luware.nimbus.task.terminated', false],
    ['task', 'a task', false],
    ['COM.Luware.*', 'com.luware.nimbus', true],
    ['a.c', 'abc', false],
    ['*', '', true],
    ['a*b', 'a\nb', true],
    ['a|b', 'a', false],
  ])('%s against %j: %s', (pattern, text, expected) => expect(compileGlob(pattern)(text)).toBe(expected));

  it('agrees with a plain reading of what a star means', () => {
    // Few characters make matches likely; among them are those that mean something to regular expressions.
    const property = fc.property(fewCharacters('ab*.^$', 7), fewCharacters('ab.^$\n', 9), (pattern, text) => {
      expect(compileGlob(pattern)(text)).toBe(fits(pattern, text));
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('takes every character but the star literally', () => {
    const property = fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!text.includes('*'));
      expect(compileGlob(text)(text)).toBe(true);
      expect(compileGlob(text)(`${text}x`)).toBe(false);
    });
    fc.assert(property);
  });
});
