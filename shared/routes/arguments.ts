import * as z from '../zod.ts';
import { compileExpression, type Scope } from './expression.ts';
import { type SchemaProblem, schemaProblems } from './schema-problems.ts';

/** Evaluates a step's arguments for one event. Arguments that come out empty are left out. */
export type ArgumentMapping = (scope: Scope) => Promise<Record<string, unknown>>;

/** A text that starts with `=` is an expression; everything else is taken literally. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('=');
}

/**
 * Compiles the arguments of a step and checks them as far as it can be done without an event: names, literals,
 * expressions' syntax, and that nothing required is missing.
 */
export function compileArguments(
  given: Readonly<Record<string, unknown>>,
  schema: z.core.$ZodType,
): { mapping: ArgumentMapping; problems: readonly SchemaProblem[] } {
  const problems: SchemaProblem[] = [];
  const evaluate = compileValue(given, [], problems);
  problems.push(...checkAgainst(schema, given));
  return {
    problems,
    mapping: async (scope) => {
      const evaluated = await evaluate(scope);
      return typeof evaluated === 'object' && evaluated !== null ? Object.fromEntries(Object.entries(evaluated)) : {};
    },
  };
}

function compileValue(
  value: unknown,
  path: readonly (string | number)[],
  problems: SchemaProblem[],
): (scope: Scope) => Promise<unknown> {
  if (isExpression(value)) {
    try {
      return compileExpression(value.slice(1));
    } catch (error) {
      problems.push({ path, message: error instanceof Error ? error.message : String(error) });
      return async () => undefined;
    }
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileValue(item, [...path, index], problems));
    return async (scope) => {
      const evaluated = await Promise.all(items.map((item) => item(scope)));
      return evaluated.filter((item) => item !== undefined && item !== null);
    };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, inner]) => [key, compileValue(inner, [...path, key], problems)] as const,
    );
    return async (scope) => {
      const evaluated = await Promise.all(entries.map(async ([key, inner]) => [key, await inner(scope)] as const));
      return Object.fromEntries(evaluated.filter(([, inner]) => inner !== undefined && inner !== null));
    };
  }
  return async () => value;
}

function checkAgainst(schema: z.core.$ZodType, given: Readonly<Record<string, unknown>>): SchemaProblem[] {
  if (!(schema instanceof z.$ZodObject)) return [];
  const { shape } = schema._zod.def;
  const problems: SchemaProblem[] = [];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(shape, name)) {
      problems.push({ path: [name], message: `no such argument; known are ${Object.keys(shape).join(', ')}` });
    }
  }
  for (const [name, argument] of Object.entries(shape)) {
    const value = given[name];
    if (value === undefined) {
      if (!z.safeParse(argument, undefined).success) problems.push({ path: [], message: `"${name}" is missing` });
    } else if (!containsExpression(value)) {
      for (const { path, message } of schemaProblems(z.safeParse(argument, value).error?.issues)) {
        problems.push({ path: [name, ...path], message });
      }
    }
  }
  return problems;
}

function containsExpression(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(containsExpression);
  return isExpression(value);
}
