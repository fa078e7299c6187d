import { dirname, relative, resolve } from 'node:path';
import { builtIns } from './built-in-functions.ts';
import type { Expression, Property, Statement, TypeExpression } from './syntax-tree.ts';

type Module = Statement & { readonly kind: 'module' };

/** A template that was read, by its path. */
export type Templates = ReadonlyMap<string, readonly Statement[]>;

/**
 * What can be seen without working anything out: names that nothing has, what nobody uses, parameters of modules that do not
 * exist or are not given, outputs that do not exist, and parameters and outputs that are not described.
 */
export function checkReferences(file: string, templates: Templates): string[] {
  const statements = templates.get(file) ?? [];
  const problems: string[] = [];
  const report = (line: number, problem: string) => problems.push(`${file}:${line}: ${problem}`);
  const modules = new Map<string, Module>();
  const declared = new Map<string, Statement>();
  for (const statement of statements) {
    if (statement.kind === 'module') modules.set(statement.name, statement);
    if (!('name' in statement) || statement.kind === 'output' || statement.kind === 'metadata') continue;
    if (declared.has(statement.name)) report(statement.line, `"${statement.name}" is declared twice`);
    declared.set(statement.name, statement);
  }

  const used = new Set<string>();
  for (const statement of statements) {
    for (const expression of expressionsOf(statement)) {
      visit(expression, new Set(), {
        name: (name, line) => {
          used.add(name);
          if (!declared.has(name)) report(line, `nothing is called "${name}"`);
        },
        call: (name, line) => {
          if (!Object.hasOwn(builtIns, name)) report(line, `there is no function "${name}", or it is not known here`);
        },
        member: (owner, property, line, safe) => {
          const module = modules.get(owner);
          if (module === undefined) return;
          if (property !== 'outputs') report(line, `of a module, "outputs" can be read, not "${property}"`);
          if (module.value.kind === 'if' && !safe) report(line, `"${owner}" is not always there: read it with ".?"`);
        },
        output: (owner, output, line) => {
          const module = modules.get(owner);
          const target = module && templateOf(module, file, templates);
          if (target && !target.some((each) => each.kind === 'output' && each.name === output)) {
            report(line, `${module.path} has no output "${output}"`);
          }
        },
      });
    }
    for (const name of typeNames(statement)) {
      used.add(name);
      if (declared.get(name)?.kind !== 'type') report(statement.line, `there is no type "${name}"`);
    }
    const needsWords = statement.kind === 'param' || statement.kind === 'output';
    if (needsWords && !statement.decorators.some(({ name }) => name === 'description')) {
      report(statement.line, `"${statement.name}" has no @description`);
    }
    if (statement.kind === 'module') {
      const target = templateOf(statement, file, templates);
      if (target === undefined) report(statement.line, `there is no ${statement.path}`);
      else for (const problem of moduleProblems(statement, target)) report(statement.line, problem);
    }
  }
  for (const [name, { kind, line, ...rest }] of declared) {
    const mustBeUsed =
      kind === 'param' || kind === 'var' || kind === 'type' || ('isExisting' in rest && rest.isExisting);
    if (mustBeUsed && !used.has(name)) report(line, `"${name}" is not used`);
  }
  return problems;
}

/** Parameters that a parameters file gives, against those that its template has. */
export function checkParameterFile(file: string, statements: readonly Statement[], templates: Templates): string[] {
  const using = statements.find((each) => each.kind === 'using');
  const template = using?.kind === 'using' ? templates.get(besides(file, using.path)) : undefined;
  if (template === undefined) return [`${file}:1: "using" names no template`];
  const given = statements.flatMap((each) => (each.kind === 'param' ? [each.name] : []));
  return [
    ...unknownParameters(given, template).map((name) => `${file}:1: there is no parameter "${name}"`),
    ...missingParameters(given, template).map((name) => `${file}:1: the parameter "${name}" is missing`),
  ];
}

function moduleProblems(module: Module, target: readonly Statement[]): string[] {
  const body = bodyOf(module.value);
  const params = body?.kind === 'object' ? propertyOf(body.properties, 'params') : undefined;
  const given = params?.kind === 'object' ? params.properties.map(({ key }) => textOf(key)) : [];
  return [
    ...unknownParameters(given, target).map((name) => `${module.path} has no parameter "${name}"`),
    ...missingParameters(given, target).map((name) => `${module.path} needs the parameter "${name}"`),
  ];
}

function unknownParameters(given: readonly string[], template: readonly Statement[]): string[] {
  return given.filter((name) => !template.some((each) => each.kind === 'param' && each.name === name));
}

function missingParameters(given: readonly string[], template: readonly Statement[]): string[] {
  return template.flatMap((each) => {
    const isNeeded = each.kind === 'param' && each.value === undefined && each.type?.kind !== 'nullable';
    return isNeeded && !given.includes(each.name) ? [each.name] : [];
  });
}

function templateOf(module: Module, file: string, templates: Templates): readonly Statement[] | undefined {
  return templates.get(besides(file, module.path));
}

/** A path from the app's folder, of what a file names by a path from its own folder. */
function besides(file: string, path: string): string {
  return relative('/', resolve('/', dirname(file), path)).replaceAll('\\', '/');
}

function bodyOf(value: Expression): Expression | undefined {
  return value.kind === 'for' || value.kind === 'if' ? value.body : value;
}

function propertyOf(properties: readonly Property[], name: string): Expression | undefined {
  return properties.find(({ key }) => textOf(key) === name)?.value;
}

function textOf(key: Expression): string {
  return key.kind === 'literal' ? String(key.value) : '';
}

function expressionsOf(statement: Statement): Expression[] {
  const args = statement.decorators.flatMap((each) => each.args);
  return 'value' in statement && statement.value !== undefined ? [...args, statement.value] : args;
}

function typeNames(statement: Statement): string[] {
  return 'type' in statement && typeof statement.type === 'object' ? namesIn(statement.type) : [];
}

function namesIn(type: TypeExpression): string[] {
  switch (type.kind) {
    case 'named':
      return [type.name];
    case 'union':
      return type.members.flatMap(namesIn);
    case 'list':
    case 'nullable':
      return namesIn(type.of);
    case 'members':
      return type.members.flatMap((member) => namesIn(member.type));
    default:
      return [];
  }
}

interface Visitor {
  readonly name: (name: string, line: number) => void;
  readonly call: (name: string, line: number) => void;
  readonly member: (owner: string, property: string, line: number, safe: boolean) => void;
  readonly output: (owner: string, output: string, line: number) => void;
}

/** Goes through an expression; `bound` are the names that lambdas and loops give. */
function visit(expression: Expression, bound: ReadonlySet<string>, visitor: Visitor): void {
  const go = (inner: Expression, more: readonly string[] = []) => visit(inner, new Set([...bound, ...more]), visitor);
  switch (expression.kind) {
    case 'literal':
      return;
    case 'name':
      if (!bound.has(expression.name)) visitor.name(expression.name, expression.line);
      return;
    case 'interpolation':
      for (const part of expression.parts) if (typeof part !== 'string') go(part);
      return;
    case 'array':
      for (const item of expression.items) go(item);
      return;
    case 'object':
      for (const { key, value } of expression.properties) {
        go(key);
        go(value);
      }
      return;
    case 'member': {
      const { of, property, line, safe } = expression;
      if (of.kind === 'name' && !bound.has(of.name)) visitor.member(of.name, property, line, safe);
      if (of.kind === 'member' && of.property === 'outputs' && of.of.kind === 'name' && !bound.has(of.of.name)) {
        visitor.output(of.of.name, property, line);
      }
      go(of);
      return;
    }
    case 'index':
      go(expression.of);
      go(expression.index);
      return;
    case 'call':
      visitor.call(expression.name, expression.line);
      for (const arg of expression.args) go(arg);
      return;
    case 'unary':
      go(expression.operand);
      return;
    case 'binary':
      go(expression.left);
      go(expression.right);
      return;
    case 'ternary':
      go(expression.condition);
      go(expression.whenTrue);
      go(expression.whenFalse);
      return;
    case 'lambda':
      go(expression.body, expression.parameters);
      return;
    case 'for': {
      const { item, index, list, condition, body } = expression;
      const names = index === undefined ? [item] : [item, index];
      go(list);
      if (condition !== undefined) go(condition, names);
      go(body, names);
      return;
    }
    case 'if':
      go(expression.condition);
      go(expression.body);
      return;
  }
}
