import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Surroundings } from './built-in-functions.ts';
import { evaluate, iterate, type Scope } from './evaluate-expression.ts';
import { parseBicep } from './parse.ts';
import { BicepError, type Expression, type Statement } from './syntax-tree.ts';
import { checkType } from './value-types.ts';
import { isObject, type Value, type ValueObject } from './values.ts';

/** One resource as Azure Resource Manager would be asked to deploy it. */
export interface Deployed {
  /** Such as `Microsoft.Web/sites`. */
  readonly type: string;
  readonly apiVersion: string;
  /** The last part of the name. */
  readonly name: string;
  readonly id: string;
  /** Id of what an extension resource, such as a role assignment, belongs to. */
  readonly scope: string | undefined;
  /** The properties on the first level, such as `location` and `properties`, without `name`. */
  readonly body: ValueObject;
  /** Where it is written. */
  readonly at: string;
}

/** A property that only Azure knows, and that the files read. */
export interface RuntimeRead {
  readonly type: string;
  readonly apiVersion: string;
  readonly path: readonly string[];
  readonly at: string;
}

export interface Deployment {
  readonly resources: readonly Deployed[];
  readonly outputs: ValueObject;
  readonly runtimeReads: readonly RuntimeRead[];
}

interface Run {
  readonly environment: Surroundings['environment'];
  readonly resourceGroupId: string;
  readonly resources: Deployed[];
  readonly runtimeReads: RuntimeRead[];
  /** Over 0 while something is worked out that must be known before anything is deployed. */
  beforeStart: number;
  /** Counts what only Azure knows, so that a value made of it is recognised. */
  runtimeValues: number;
  /** What stands for resources and modules, with what Azure adds to them. */
  readonly handles: WeakMap<object, (property: string, line: number, file: string) => Value | undefined>;
}

export interface DeployOptions {
  /** Stand in the place of the process's environment variables. */
  readonly environment?: Surroundings['environment'];
  /** Replace values of the parameters file. */
  readonly parameters?: ValueObject;
  readonly resourceGroup?: string;
}

/**
 * Works out what a .bicepparam file deploys. Whatever the reader does not know is an error.
 * @throws BicepError with file and line
 */
export function deploy(parameterFile: string, options: DeployOptions = {}): Deployment {
  const { environment = {}, parameters = {}, resourceGroup = 'rg-bridge' } = options;
  const run: Run = {
    environment,
    resourceGroupId: `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/${resourceGroup}`,
    resources: [],
    runtimeReads: [],
    beforeStart: 0,
    runtimeValues: 0,
    handles: new WeakMap(),
  };
  const statements = parseBicep(readFileSync(parameterFile, 'utf8'), parameterFile);
  const using = statements.find((statement) => statement.kind === 'using');
  if (using?.kind !== 'using') throw new BicepError(`${parameterFile}:1: "using" is missing`);
  const scope = emptyScope(parameterFile, run);
  const given = statements.flatMap((statement): [string, Value][] =>
    statement.kind === 'param' && statement.value ? [[statement.name, evaluate(statement.value, scope)]] : [],
  );
  const outputs = deployTemplate(
    resolve(dirname(parameterFile), using.path),
    { ...Object.fromEntries(given), ...parameters },
    run,
  );
  return { resources: run.resources, outputs, runtimeReads: run.runtimeReads };
}

function emptyScope(file: string, run: Run): Scope {
  return {
    file,
    around: {
      readFile: (path) => readFileSync(resolve(dirname(file), path), 'utf8'),
      environment: run.environment,
      resourceGroupId: run.resourceGroupId,
      location: 'westeurope',
    },
    lookUp: (name, line) => {
      throw new BicepError(`${file}:${line}: nothing is called "${name}"`);
    },
    givenByAzure: (owner, property, line) =>
      typeof owner === 'object' && owner !== null ? run.handles.get(owner)?.(property, line, file) : undefined,
  };
}

/** Deploys one file and gives its outputs. */
function deployTemplate(file: string, parameters: ValueObject, run: Run): ValueObject {
  const statements = parseBicep(readFileSync(file, 'utf8'), file);
  const types = new Map(statements.flatMap((each) => (each.kind === 'type' ? [[each.name, each] as const] : [])));
  const known = new Map<string, { value: Value; isRuntime: boolean }>();
  const working = new Set<string>();
  const byName = new Map(
    statements.flatMap((each) => ('name' in each && each.kind !== 'output' ? [[each.name, each] as const] : [])),
  );
  const scope: Scope = {
    ...emptyScope(file, run),
    lookUp(name, line) {
      const statement = byName.get(name);
      if (statement === undefined) throw new BicepError(`${file}:${line}: nothing is called "${name}"`);
      const before = known.get(name);
      if (before !== undefined) {
        if (before.isRuntime) noteRuntimeValue(run, `${file}:${line}`, name);
        return before.value;
      }
      if (working.has(name)) throw new BicepError(`${file}:${line}: "${name}" needs itself`);
      working.add(name);
      const counted = run.runtimeValues;
      const value = give(statement, line);
      working.delete(name);
      // A handle is known at the start; what is read from it may not be.
      known.set(name, { value, isRuntime: statement.kind === 'var' && run.runtimeValues > counted });
      return value;
    },
  };

  function give(statement: Statement, line: number): Value {
    switch (statement.kind) {
      case 'var':
        return evaluate(statement.value, scope);
      case 'param':
        return parameterValue(statement);
      case 'resource':
        return expand(statement.value, scope, run, (body, inner) => deployResource(statement, body, inner, run));
      case 'module':
        return expand(statement.value, scope, run, (body, inner) => deployModule(statement, body, inner, run));
      default:
        throw new BicepError(`${file}:${line}: a ${statement.kind} has no value`);
    }
  }

  function parameterValue(statement: Statement & { readonly kind: 'param' }): Value {
    const { name, type, decorators } = statement;
    const given = parameters[name];
    const value = given ?? (statement.value === undefined ? null : evaluate(statement.value, scope));
    if (type !== undefined) {
      const [problem] = checkType(value, type, decorators, types, name);
      if (problem !== undefined) throw new BicepError(`${file}:${statement.line}: ${problem}`);
    }
    return value;
  }

  for (const name of Object.keys(parameters)) {
    if (byName.get(name)?.kind !== 'param') throw new BicepError(`${file}:1: there is no parameter "${name}"`);
  }
  for (const each of statements) {
    if (each.kind === 'resource' || each.kind === 'module' || each.kind === 'param') scope.lookUp(each.name, each.line);
  }
  const outputs = statements.flatMap((each): [string, Value][] => {
    if (each.kind !== 'output') return [];
    const value = evaluate(each.value, scope);
    const [problem] = checkType(value, each.type, each.decorators, types, each.name);
    if (problem !== undefined) throw new BicepError(`${file}:${each.line}: ${problem}`);
    return [[each.name, value]];
  });
  return Object.fromEntries(outputs);
}

/** Carries out a body once, for each entry of a loop, or not at all. */
function expand(body: Expression, scope: Scope, run: Run, once: (body: Expression, scope: Scope) => Value): Value {
  if (body.kind === 'for') return atStart(run, () => iterate(body, scope)).map((inner) => once(body.body, inner));
  if (body.kind !== 'if') return once(body, scope);
  return atStart(run, () => evaluate(body.condition, scope)) === true ? once(body.body, scope) : null;
}

function atStart<T>(run: Run, work: () => T): T {
  run.beforeStart++;
  try {
    return work();
  } finally {
    run.beforeStart--;
  }
}

function noteRuntimeValue(run: Run, at: string, what: string): void {
  run.runtimeValues++;
  if (run.beforeStart > 0) throw new BicepError(`${at}: "${what}" is not known before the deployment starts`);
}

const NOT_IN_BODY = ['name', 'parent', 'scope', 'dependsOn'];

function deployResource(
  statement: Statement & { readonly kind: 'resource' },
  body: Expression,
  scope: Scope,
  run: Run,
): Value {
  const at = `${scope.file}:${statement.line}`;
  const [type = '', apiVersion = ''] = statement.type.split('@');
  const read = (name: string) => atStart(run, () => evaluateProperty(body, name, scope));
  const name = read('name');
  if (typeof name !== 'string' || name === '') throw new BicepError(`${at}: a resource needs a name`);
  const [parent, owner] = [handleId(read('parent'), at), handleId(read('scope'), at)];
  const base = `${owner ?? run.resourceGroupId}/providers/${type}/${name}`;
  const id = parent === undefined ? base : `${parent}/${type.split('/').at(-1)}/${name}`;
  const rest = body.kind === 'object' ? body.properties.filter(({ key }) => !isNamed(key, NOT_IN_BODY)) : [];
  evaluateProperty(body, 'dependsOn', scope);
  const content = evaluate({ kind: 'object', line: body.line, properties: rest }, scope);
  if (!isObject(content)) throw new BicepError(`${at}: a resource has a body`);
  if (!statement.isExisting) run.resources.push({ type, apiVersion, name, id, scope: owner, body: content, at });

  const properties = isObject(content.properties) ? { ...content.properties } : {};
  const handle = { ...content, id, name, type, apiVersion, properties };
  run.handles.set(properties, (property, line, file) => {
    noteRuntimeValue(run, `${file}:${line}`, property);
    run.runtimeReads.push({ type, apiVersion, path: ['properties', property], at: `${file}:${line}` });
    return `<${property} of ${type} ${name}>`;
  });
  return handle;
}

function deployModule(
  statement: Statement & { readonly kind: 'module' },
  body: Expression,
  scope: Scope,
  run: Run,
): Value {
  const at = `${scope.file}:${statement.line}`;
  const name = atStart(run, () => evaluateProperty(body, 'name', scope));
  if (typeof name !== 'string' || name.length > 64)
    throw new BicepError(`${at}: a module’s name has 1 to 64 characters`);
  evaluateProperty(body, 'dependsOn', scope);
  const given = evaluateProperty(body, 'params', scope) ?? {};
  if (!isObject(given)) throw new BicepError(`${at}: "params" is an object`);
  const outputs = unconstrained(run, () => deployTemplate(resolve(dirname(scope.file), statement.path), given, run));
  const handle = { name };
  run.handles.set(handle, (property, line, file) => {
    if (property !== 'outputs') return undefined;
    noteRuntimeValue(run, `${file}:${line}`, 'outputs');
    return outputs;
  });
  return handle;
}

/** A module is a deployment of its own, whose parameters are known when it starts. */
function unconstrained<T>(run: Run, work: () => T): T {
  const { beforeStart } = run;
  run.beforeStart = 0;
  try {
    return work();
  } finally {
    run.beforeStart = beforeStart;
  }
}

function evaluateProperty(body: Expression, name: string, scope: Scope): Value | undefined {
  if (body.kind !== 'object') return undefined;
  const property = body.properties.find(({ key }) => isNamed(key, [name]));
  return property === undefined ? undefined : evaluate(property.value, scope);
}

function isNamed(key: Expression, names: readonly string[]): boolean {
  return key.kind === 'literal' && names.includes(String(key.value));
}

function handleId(handle: Value | undefined, at: string): string | undefined {
  if (handle === undefined) return undefined;
  if (isObject(handle) && typeof handle.id === 'string') return handle.id;
  throw new BicepError(`${at}: "parent" and "scope" name a resource that is deployed or there already`);
}
