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

  it('names every shipped route', () => {
    const routes = readFileSync(resolve(import.meta.dirname, '../routes.yaml'), 'utf8');
    const ids = [...routes.matchAll(/^ {2}- id: (\S+)$/gm)].map((match) => match[1]);
    expect(tableBelow('The shipped routes').map(([, route]) => codeIn(route)[0])).toEqual(ids);
  });
});
