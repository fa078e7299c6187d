// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Bicep writes expressions in text as JavaScript does.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type DeployOptions, deploy } from '../../../../infra/tools/bicep/deploy.ts';

const folder = mkdtempSync(join(tmpdir(), 'bicep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(main: string, { child = '', parameters = '', ...options }: DeployOptionsAndFiles = {}) {
  writeFileSync(join(folder, 'main.bicep'), main);
  writeFileSync(join(folder, 'child.bicep'), child);
  writeFileSync(join(folder, 'a.bicepparam'), `using './main.bicep'\n${parameters}`);
  return deploy(join(folder, 'a.bicepparam'), options);
}

interface DeployOptionsAndFiles extends Omit<DeployOptions, 'parameters'> {
  readonly child?: string;
  readonly parameters?: string;
}

/** The value of an expression. */
function resultOf(expression: string, type = 'string') {
  return run(`output out ${type} = ${expression}`).outputs.out;
}

describe('expressions', () => {
  it.each([
    ["'a${1}b'", 'string', 'a1b'],
    ["'it\\'s \\${x} ${'a'} b'", 'string', "it's ${x} a b"],
    ["'https://${'a'}//b'", 'string', 'https://a//b'],
    ['1 == 1 || false && false', 'bool', true],
    ["!empty('') || 'a' != 'b' && true", 'bool', true],
    ['true ? 1 : false ? 2 : 3', 'int', 1],
    ['null ?? 5', 'int', 5],
    ['{ a: { b: null } }.a.?b.c ?? 7', 'int', 7],
    ["map(['x', 'y'], (each) => '${each}!')", 'array', ['x!', 'y!']],
    ['filter([{ a: 1 }, { a: 2 }], each => each.a == 2)', 'array', [{ a: 2 }]],
    [
      "toObject(['A', 'B'], each => toLower(each), each => { name: each })",
      'object',
      { a: { name: 'A' }, b: { name: 'B' } },
    ],
    ['union({ a: { b: 1 } }, { a: { c: 2 } })', 'object', { a: { b: 1, c: 2 } }],
    [
      'items({ b: 1, a: 2 })',
      'array',
      [
        { key: 'a', value: 2 },
        { key: 'b', value: 1 },
      ],
    ],
    ["contains({ a: 1 }, 'a') && !contains(['a'], 'b')", 'bool', true],
    ["cidrSubnet('10.0.4.0/24', 26, 3)", 'string', '10.0.4.192/26'],
    ["[for (each, index) in ['x', 'y']: '${index}${each}']", 'array', ['0x', '1y']],
    ['[for each in [1, 2]: if (each == 2) {\n  a: each\n}]', 'array', [{ a: 2 }]],
  ])('%s', (expression, type, expected) => {
    expect(resultOf(expression, type)).toEqual(expected);
  });

  it('read any text as it was written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const written = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${');
        return resultOf(`'${written.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`) === text;
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["'a", /a string does not end on its line/],
    ['(1', /"\)" is expected/],
    ["shout('a')", /no such function, or not one that is known here: shout/],
    ['missing', /nothing is called "missing"/],
    ['{ a: 1 }.b', /there is no "b" here/],
    ["cidrSubnet('10.0.4.0/24', 26, 4)", /has no subnet/],
    ['1 + 1', /the operator "\+" is not known here/],
    ['1 2', /the statement goes on where it should end/],
    ['5', /out: string is expected, not 5/],
  ])('refuse %s', (expression, message) => {
    expect(() => resultOf(expression)).toThrow(message);
  });
});

describe('resources', () => {
  it('stand below their parents and beside their scopes', () => {
    const { resources } = run(
      [
        "resource parent 'A.B/c@1' = {\n  name: 'p'\n}",
        "resource child 'A.B/c/d@1' = {\n  parent: parent\n  name: 'k'\n}",
        "resource extra 'E.F/g@1' = {\n  name: 'x'\n  scope: child\n}",
        "resource never 'A.B/c@1' = if (1 == 2) {\n  name: 'n'\n}",
        "resource there 'A.B/c@1' existing = {\n  name: 'e'\n}",
      ].join('\n'),
    );
    expect(resources.map(({ id }) => id.split('/resourceGroups/rg-bridge')[1])).toEqual([
      '/providers/A.B/c/p',
      '/providers/A.B/c/p/d/k',
      '/providers/A.B/c/p/d/k/providers/E.F/g/x',
    ]);
  });

  it('come from modules, with the outputs of others', () => {
    const { resources, outputs } = run(
      [
        "module first 'child.bicep' = {\n  name: 'first'\n  params: {\n    name: 'one'\n  }\n}",
        "module second 'child.bicep' = {\n  name: 'second'\n  params: {\n    name: '${first.outputs.name}-two'\n  }\n}",
        'output last string = second.outputs.name',
      ].join('\n'),
      { child: "param name string\nresource r 'A.B/c@1' = {\n  name: name\n}\noutput name string = r.name" },
    );
    expect(resources.map(({ name }) => name)).toEqual(['one', 'one-two']);
    expect(outputs).toEqual({ last: 'one-two' });
  });

  it.each([
    [
      'a name that is known only later',
      "resource a 'A.B/c@1' = {\n  name: 'a'\n}\nvar late = a.properties.made\nresource b 'A.B/c@1' = {\n  name: late\n}",
      /"made" is not known before the deployment starts/,
    ],
    [
      'things that need each other',
      "resource a 'A.B/c@1' = {\n  name: 'a'\n  tags: {\n    b: b.id\n  }\n}\nresource b 'A.B/c@1' = {\n  name: 'b'\n  tags: {\n    a: a.id\n  }\n}",
      /needs itself/,
    ],
    ['a parent that is not there', "resource a 'A.B/c@1' = {\n  parent: 'x'\n  name: 'a'\n}", /name a resource/],
  ])('refuse %s', (_what, text, message) => {
    expect(() => run(text)).toThrow(message);
  });
});

describe('parameters', () => {
  it.each([
    ['param a string', '', /a: string is expected, not null/],
    ["param a 'x' | 'y'", "param a = 'z'", /a: one of the listed values is expected, not "z"/],
    ['@minValue(3)\nparam a int', 'param a = 2', /a: minValue is 3/],
    ['@maxLength(1)\nparam a string', "param a = 'xx'", /a: maxLength is 1/],
    ["@allowed(['x'])\nparam a string", "param a = 'y'", /a: "y" is not allowed/],
    ['param a string[]', 'param a = [1]', /a\[0\]: string is expected/],
    ['param a T\ntype T = {\n  b: int\n}', 'param a = { c: 1 }', /a: there is no "c"/],
    ['param a T\ntype T = {\n  b: int\n}', 'param a = {}', /a\.b: int is expected, not null/],
    ["param a string = ''", 'param b = 1', /there is no parameter "b"/],
  ])('%s refuses %s', (declared, parameters, message) => {
    expect(() => run(`${declared}\noutput out bool = empty(string(a))`, { parameters })).toThrow(message);
  });

  it('come from the environment', () => {
    const parameters = "param a = readEnvironmentVariable('A', 'none')";
    const main = 'param a string\noutput out string = a';
    expect(run(main, { parameters }).outputs.out).toBe('none');
    expect(run(main, { parameters, environment: { A: 'given' } }).outputs.out).toBe('given');
  });
});
