import { describe, expect, it } from 'vitest';
import { checkParameterFile, checkReferences } from '../../../../infra/tools/bicep/check-references.ts';
import { parseBicep } from '../../../../infra/tools/bicep/parse.ts';

function problems(main: string, child = ''): string[] {
  const templates = new Map([
    ['infra/main.bicep', parseBicep(main, 'infra/main.bicep')],
    ['infra/modules/child.bicep', parseBicep(child, 'infra/modules/child.bicep')],
  ]);
  return checkReferences('infra/main.bicep', templates);
}

const child = [
  "@description('d')",
  'param needed string',
  "@description('d')",
  "param optional string = ''",
  "@description('d')",
  'output made string = needed',
].join('\n');

const module = (body: string, rest = '') => `module child 'modules/child.bicep' = ${body}\n${rest}`;
const output = (value: string) => `@description('d')\noutput out string = ${value}`;

describe('references', () => {
  it.each([
    ['a name that nothing has', output('missing'), 'infra/main.bicep:2: nothing is called "missing"'],
    [
      'a function that is not known',
      output("shout('a')"),
      'infra/main.bicep:2: there is no function "shout", or it is not known here',
    ],
    ['a variable that nobody uses', "var idle = 'a'", 'infra/main.bicep:1: "idle" is not used'],
    ['a parameter that nobody uses', "@description('d')\nparam idle string", 'infra/main.bicep:2: "idle" is not used'],
    ['a type that nobody uses', "type Idle = 'a' | 'b'", 'infra/main.bicep:1: "Idle" is not used'],
    [
      'a type that is not there',
      `@description('d')\nparam used Missing\n${output('used')}`,
      'infra/main.bicep:2: there is no type "Missing"',
    ],
    [
      'an existing resource that nobody uses',
      "resource idle 'A/b@1' existing = {\n  name: 'x'\n}",
      'infra/main.bicep:1: "idle" is not used',
    ],
    [
      'a name that is declared twice',
      `var twice = 'a'\nvar twice = 'b'\n${output('twice')}`,
      'infra/main.bicep:2: "twice" is declared twice',
    ],
    [
      'a parameter without a description',
      `param bare string\n${output('bare')}`,
      'infra/main.bicep:1: "bare" has no @description',
    ],
    [
      'a lambda’s name outside of it',
      output('string(map([], each => each)[0] == each)'),
      'infra/main.bicep:2: nothing is called "each"',
    ],
  ])('reports %s', (_what, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it.each([
    [
      'a module that is not there',
      "module lost 'modules/lost.bicep' = {\n  name: 'lost'\n}",
      'infra/main.bicep:1: there is no modules/lost.bicep',
    ],
    [
      'a parameter that a module does not have',
      module("{\n  name: 'c'\n  params: {\n    needed: 'a'\n    other: 'b'\n  }\n}"),
      'infra/main.bicep:1: modules/child.bicep has no parameter "other"',
    ],
    [
      'a parameter that a module needs',
      module("{\n  name: 'c'\n}"),
      'infra/main.bicep:1: modules/child.bicep needs the parameter "needed"',
    ],
    [
      'an output that a module does not have',
      module("{\n  name: 'c'\n  params: {\n    needed: 'a'\n  }\n}", output('child.outputs.other')),
      'infra/main.bicep:8: modules/child.bicep has no output "other"',
    ],
    [
      'an output of a module that may be missing',
      module("if (true) {\n  name: 'c'\n  params: {\n    needed: 'a'\n  }\n}", output('child.outputs.made')),
      'infra/main.bicep:8: "child" is not always there: read it with ".?"',
    ],
  ])('reports %s', (_what, text, expected) => {
    expect(problems(text, child)).toEqual([expected]);
  });

  it('finds nothing where all is right', () => {
    const right = module(
      "if (true) {\n  name: 'c'\n  params: {\n    needed: 'a'\n  }\n}",
      output("child.?outputs.made ?? ''"),
    );
    expect(problems(right, child)).toEqual([]);
  });
});

describe('a parameters file', () => {
  const template = new Map([['infra/main.bicep', parseBicep(child, 'infra/main.bicep')]]);
  const check = (text: string) =>
    checkParameterFile('infra/a.bicepparam', parseBicep(text, 'infra/a.bicepparam'), template);

  it('gives what its template needs, and nothing else', () => {
    expect(check("using './main.bicep'\nparam needed = 'a'")).toEqual([]);
    expect(check("using './main.bicep'\nparam other = 'a'")).toEqual([
      'infra/a.bicepparam:1: there is no parameter "other"',
      'infra/a.bicepparam:1: the parameter "needed" is missing',
    ]);
    expect(check("using './lost.bicep'")).toEqual(['infra/a.bicepparam:1: "using" names no template']);
  });
});
