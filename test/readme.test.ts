import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames } from '../shared/config.ts';
import { acdOperations } from '../shared/destinations/acd/operations.ts';
import { stepCatalogue } from '../shared/destinations/catalogue.ts';
import { defaultLucsPaths } from '../shared/destinations/lucs/paths.ts';
import { $ZodObject } from '../shared/zod.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../README.md'), 'utf8');

/** The rows of the table below a heading, as lists of cells. */
function tableBelow(heading: string): string[][] {
  const section = readme.split(/^##+ /m).find((text) => text.startsWith(heading)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => row.split('|').slice(1, -1));
}

const codeIn = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

/** Every operation of the two vendors' APIs that the bridge knows. */
const operations: Readonly<Record<string, readonly string[]>> = {
  lucs: [
    `POST ${defaultLucsPaths.createTask}`,
    'GET /v1.0/tasks/{taskIdentifier}',
    `GET ${defaultLucsPaths.getServiceTasks}`,
    `POST ${defaultLucsPaths.refreshTask}`,
    `POST ${defaultLucsPaths.setTaskEstablished}`,
    `POST ${defaultLucsPaths.terminateTask}`,
    'POST /v1.0/callbacks',
    'GET /v1.0/callbacks?externalTaskId={id}',
    'GET /v1.0/callbacks/{id}',
    'POST /v1.0/callbacks/search',
    'POST /v1.0/callbacks/{id}/cancel',
    'GET /v1.0/services',
    `GET ${defaultLucsPaths.getServiceUsers}`,
  ],
  acd: Object.values(acdOperations).map(({ method, path }) => `${method} ${path}`),
};

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

  const useCases = tableBelow('The shipped routes').flatMap(([what = '', routes = '', tests]) => {
    const [, number] = /^ (\d+): /.exec(what) ?? [];
    return number === undefined ? [] : [{ number: Number(number), routes: routes.trim(), tests: codeIn(tests) }];
  });

  it('says of routes for other systems where they are tested', () => {
    const others = tableBelow('The shipped routes').filter(([what = '']) => /^ (Enreach|jtel ACD): /.test(what));
    expect(others.length).toBeGreaterThan(0);
    for (const [, routes, tests] of others) {
      const [file = ''] = codeIn(tests);
      const source = readFileSync(resolve(import.meta.dirname, 'scenarios', file), 'utf8');
      for (const route of codeIn(routes)) expect(source).toContain(route);
    }
  });

  it('has a row for each of the nineteen use cases', () => {
    expect(useCases.map(({ number }) => number)).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
  });

  it.each(useCases)('says where use case $number is tested, or what is missing', ({ number, routes, tests }) => {
    const sources = tests.map((name) => readFileSync(resolve(import.meta.dirname, 'scenarios', String(name)), 'utf8'));
    const isTested = sources.some((source) => source.includes(`use case ${number}: `));
    expect(isTested || /^none: \w/.test(routes)).toBe(true);
    expect(isTested).toBe(tests.length > 0);
  });

  describe.each([
    ['LUCS', 'lucs'],
    ['jtel ACD', 'acd'],
  ])('on the operations of %s', (heading, folder) => {
    const rows = tableBelow(`${heading}\n`);

    it('has a row for each', () => {
      const named = rows.map(([operation]) => codeIn(operation)[0]).filter((operation) => operation !== undefined);
      expect(named.sort()).toEqual(operations[folder]?.toSorted());
    });

    it('names a step or command for each, or says why there is none', () => {
      for (const [operation, means = ''] of rows) {
        const steps = codeIn(means).filter((name = '') => /^(lucs|acd)\./.test(name));
        expect([...stepCatalogue.keys()], operation).toEqual(expect.arrayContaining(steps));
        const [, tool = ''] = /`npm run (\w+) -- /.exec(means) ?? [];
        expect(steps.length > 0 || tool === folder || /^ none: \w| webhook `\/api\//.test(means), operation).toBe(true);
      }
    });

    it('names tests for each that exist', () => {
      for (const [operation, means = '', tests = ''] of rows) {
        const named = [...tests.matchAll(/`([^`]+\.test\.ts)`: `([^`]+)`/g)];
        expect(named.length > 0 || means === ' none: the path is not published ', operation).toBe(true);
        for (const [, file = '', title = ''] of named) {
          const path = file.startsWith('test/') ? file : `test/shared/destinations/${folder}/${file}`;
          const source = readFileSync(resolve(import.meta.dirname, '..', path), 'utf8');
          // By itself, or in the table of one that is repeated.
          expect(source.includes(`describe('${title}'`) || source.includes(`['${title}', `), title).toBe(true);
        }
      }
    });

    it('says how certain each is', () => {
      for (const [operation, , , certainty] of rows) {
        expect(certainty, operation).toMatch(/^ (published|path assumed|named only)\b/);
      }
    });
  });
});
