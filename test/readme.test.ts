import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames } from '../shared/config.ts';
import { stepCatalogue } from '../shared/destinations/catalogue.ts';
import { $ZodObject } from '../shared/zod.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');

/** The rows of the table below a heading, as lists of cells. */
function tableBelow(heading: string): string[][] {
  const section = readme.split(/^##+ /m).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|').slice(1, -1));
}

const codeIn = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

describe('the README', () => {
  it('has a row for every setting, and for nothing else', () => {
    expect(
      tableBelow('Settings')
        .flatMap(([names]) => codeIn(names))
        .sort(),
    ).toEqual([...settingNames].sort());
  });

  it('names every step with every argument', () => {
    const rows = tableBelow('Routes');
    expect(rows.map(([step]) => codeIn(step)[0]).sort()).toEqual([...stepCatalogue.keys()].sort());
    for (const [step, , needs] of rows) {
      const { args } = stepCatalogue.get(codeIn(step)[0] ?? '') ?? {};
      const names = args instanceof $ZodObject ? Object.keys(args._zod.def.shape) : [];
      expect(codeIn(needs)).toEqual(expect.arrayContaining(names));
    }
  });

  it('names every shipped route, for one use case or more', () => {
    const routes = readFileSync(resolve(import.meta.dirname, '../routes.yaml'), 'utf8');
    const ids = [...routes.matchAll(/^ {2}- id: (\S+)$/gm)].map((match) => match[1]);
    expect(ids).not.toEqual([]);
    const named = tableBelow('The shipped routes').flatMap(([, names]) => codeIn(names));
    expect(new Set(named)).toEqual(new Set(ids));
  });

  const useCases = tableBelow('The shipped routes').map(([what = '', routes = '', tests]) => ({
    number: Number(/^ (\d+): /.exec(what)?.[1]),
    routes: routes.trim(),
    tests: codeIn(tests),
  }));

  it('has a row for each of the nineteen use cases', () => {
    expect(useCases.map(({ number }) => number)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  });

  it.each(useCases)('says where use case $number is tested, or what is missing', ({ number, routes, tests }) => {
    const sources = tests.map((name) => readFileSync(resolve(import.meta.dirname, 'scenarios', String(name)), 'utf8'));
    const isTested = sources.some((source) => source.includes(`use case ${number}: `));
    expect(isTested || /^none: \w/.test(routes)).toBe(true);
    expect(isTested).toBe(tests.length > 0);
  });
});
