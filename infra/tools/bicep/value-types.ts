import type { Decorator, Statement, TypeExpression } from './syntax-tree.ts';
import { isList, isObject, type Value } from './values.ts';

type Types = ReadonlyMap<string, Statement & { readonly kind: 'type' }>;

/** What is wrong with a value of a declared type. */
export function checkType(
  value: Value,
  type: TypeExpression,
  decorators: readonly Decorator[],
  types: Types,
  path: string,
): string[] {
  if (type.kind === 'nullable' && value === null) return [];
  return [...checkShape(value, type, types, path), ...decorators.flatMap((each) => checkLimit(value, each, path))];
}

function checkShape(value: Value, type: TypeExpression, types: Types, path: string): string[] {
  const wrong = (expected: string) => [`${path}: ${expected} is expected, not ${JSON.stringify(value)}`];
  switch (type.kind) {
    case 'primitive':
      return isPrimitive(value, type.name) ? [] : wrong(type.name);
    case 'literal':
      return value === type.value ? [] : wrong(JSON.stringify(type.value));
    case 'named': {
      const declared = types.get(type.name);
      if (declared === undefined) return [`${path}: there is no type "${type.name}"`];
      return checkType(value, declared.type, declared.decorators, types, path);
    }
    case 'union':
      return type.members.some((member) => checkShape(value, member, types, path).length === 0)
        ? []
        : wrong('one of the listed values');
    case 'list':
      if (!isList(value)) return wrong('a list');
      return value.flatMap((each, index) => checkShape(each, type.of, types, `${path}[${index}]`));
    case 'nullable':
      return value === null ? [] : checkShape(value, type.of, types, path);
    case 'members': {
      if (!isObject(value)) return wrong('an object');
      const names = type.members.map(({ name }) => name);
      return [
        ...Object.keys(value).flatMap((name) => (names.includes(name) ? [] : [`${path}: there is no "${name}"`])),
        ...type.members.flatMap((member) =>
          checkType(value[member.name] ?? null, member.type, member.decorators, types, `${path}.${member.name}`),
        ),
      ];
    }
  }
}

function isPrimitive(value: Value, name: string): boolean {
  switch (name) {
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'number' && Number.isInteger(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'array':
      return isList(value);
    default:
      return isObject(value);
  }
}

const SIZES = ['minLength', 'maxLength', 'minValue', 'maxValue'];

function checkLimit(value: Value, { name, args: [first] }: Decorator, path: string): string[] {
  if (name === 'allowed' && first?.kind === 'array') {
    const allowed = first.items.map((item) => (item.kind === 'literal' ? item.value : undefined));
    return allowed.some((each) => each === value) ? [] : [`${path}: ${JSON.stringify(value)} is not allowed`];
  }
  if (!SIZES.includes(name)) return [];
  const limit = first === undefined ? undefined : numberOf(first);
  const size = typeof value === 'string' || isList(value) ? value.length : value;
  if (limit === undefined || typeof size !== 'number') return [`${path}: @${name} does not fit here`];
  const isRight = name.startsWith('min') ? size >= limit : size <= limit;
  // What only Azure knows is written as <…> and has another length than the real thing.
  return isRight || (typeof value === 'string' && value.startsWith('<')) ? [] : [`${path}: ${name} is ${limit}`];
}

function numberOf(expression: Decorator['args'][number]): number | undefined {
  if (expression.kind === 'unary' && expression.operator === '-') {
    const value = numberOf(expression.operand);
    return value === undefined ? undefined : -value;
  }
  return expression.kind === 'literal' && typeof expression.value === 'number' ? expression.value : undefined;
}
