import { type Argument, builtIns, type Surroundings } from './built-in-functions.ts';
import { BicepError, type Expression } from './syntax-tree.ts';
import { isList, isObject, isSame, type Value } from './values.ts';

export interface Scope {
  readonly file: string;
  readonly around: Surroundings;
  /** @throws BicepError when nothing has that name. */
  readonly lookUp: (name: string, line: number) => Value;
  /** A property that is not written in the file because Azure gives it; undefined when there can't be one. */
  readonly givenByAzure: (owner: Value, property: string, line: number) => Value | undefined;
}

/** What `.?` gives when there is nothing: whatever follows in the chain is not looked at. */
const NOTHING = Symbol('nothing');

/** @throws BicepError with file and line */
export function evaluate(expression: Expression, scope: Scope): Value {
  const value = evaluateChain(expression, scope);
  return value === NOTHING ? null : value;
}

function evaluateChain(expression: Expression, scope: Scope): Value | typeof NOTHING {
  const run = (inner: Expression) => evaluate(inner, scope);
  const fail = (problem: string): never => {
    throw new BicepError(`${scope.file}:${expression.line}: ${problem}`);
  };
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'interpolation':
      return expression.parts.map((part) => (typeof part === 'string' ? part : String(run(part)))).join('');
    case 'array':
      return expression.items.map(run);
    case 'object':
      return Object.fromEntries(expression.properties.map(({ key, value }) => [String(run(key)), run(value)]));
    case 'name':
      return scope.lookUp(expression.name, expression.line);
    case 'member': {
      const owner = evaluateChain(expression.of, scope);
      if (owner === NOTHING) return NOTHING;
      const value = isObject(owner) ? owner[expression.property] : undefined;
      const found = value === undefined ? scope.givenByAzure(owner, expression.property, expression.line) : value;
      if (expression.safe) return found ?? NOTHING;
      return found === undefined ? fail(`there is no "${expression.property}" here`) : found;
    }
    case 'index': {
      const owner = evaluateChain(expression.of, scope);
      if (owner === NOTHING) return NOTHING;
      const index = run(expression.index);
      const found = isList(owner) ? owner[Number(index)] : isObject(owner) ? owner[String(index)] : undefined;
      return found === undefined ? fail(`there is no [${String(index)}] here`) : found;
    }
    case 'call': {
      const builtIn = Object.hasOwn(builtIns, expression.name) ? builtIns[expression.name] : undefined;
      if (builtIn === undefined) return fail(`no such function, or not one that is known here: ${expression.name}`);
      try {
        return builtIn(
          expression.args.map((arg) => argument(arg, scope)),
          scope.around,
        );
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return fail(`${expression.name}: ${error.message}`);
      }
    }
    case 'unary': {
      const operand = run(expression.operand);
      if (expression.operator === '!' && typeof operand === 'boolean') return !operand;
      if (expression.operator === '-' && typeof operand === 'number') return -operand;
      return fail(`"${expression.operator}" does not go with ${JSON.stringify(operand)}`);
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, run, fail);
    case 'ternary': {
      const condition = run(expression.condition);
      if (typeof condition !== 'boolean') return fail('a condition is true or false');
      return run(condition ? expression.whenTrue : expression.whenFalse);
    }
    case 'for':
      return iterate(expression, scope).map((inner) => evaluate(expression.body, inner));
    case 'if':
    case 'lambda':
      return fail('not expected here');
  }
}

function argument(expression: Expression, scope: Scope): Argument {
  if (expression.kind !== 'lambda') return evaluate(expression, scope);
  const { parameters, body } = expression;
  return (...values) =>
    evaluate(body, withNames(scope, Object.fromEntries(parameters.map((name, at) => [name, values[at] ?? null]))));
}

/** One scope for each entry of a loop's list whose condition holds. */
export function iterate(loop: Expression & { readonly kind: 'for' }, scope: Scope): Scope[] {
  const list = evaluate(loop.list, scope);
  if (!isList(list)) throw new BicepError(`${scope.file}:${loop.line}: a loop goes over a list`);
  const scopes = list.map((item, index) =>
    withNames(scope, { [loop.item]: item, ...(loop.index !== undefined && { [loop.index]: index }) }),
  );
  const { condition } = loop;
  return condition === undefined ? scopes : scopes.filter((inner) => evaluate(condition, inner) === true);
}

function withNames(scope: Scope, names: Readonly<Record<string, Value>>): Scope {
  return {
    ...scope,
    lookUp: (name, line) => (Object.hasOwn(names, name) ? (names[name] ?? null) : scope.lookUp(name, line)),
  };
}

function binary(
  operator: string,
  left: Expression,
  right: Expression,
  run: (expression: Expression) => Value,
  fail: (problem: string) => never,
): Value {
  const first = run(left);
  switch (operator) {
    case '??':
      return first ?? run(right);
    case '&&':
      return first === true && run(right) === true;
    case '||':
      return first === true || run(right) === true;
    case '==':
      return isSame(first, run(right));
    case '!=':
      return !isSame(first, run(right));
    default:
      return fail(`the operator "${operator}" is not known here`);
  }
}
