import jsonata from 'jsonata';
import { PermanentError } from '../errors.ts';

/** What an expression sees: the event, its data, results of earlier steps by name, and the routes' settings. */
export interface Scope {
  readonly event: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
  readonly results: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A compiled JSONata expression. Rejects with an ExpressionError when it can't be evaluated. */
export type Expression = (scope: Scope) => Promise<unknown>;

/** An expression is wrong, or fails for this event. Names the fault and its place, never a value of the event. */
export class ExpressionError extends PermanentError {
  override readonly name = 'ExpressionError';
}

/** Compiles JSONata once. @throws ExpressionError with JSONata's own text when the source is not valid. */
export function compileExpression(source: string): Expression {
  const compiled = compile(source);
  return async (scope) => {
    try {
      return toPlainJson(await compiled.evaluate(scope));
    } catch (error) {
      const fault = describe(error);
      throw new ExpressionError(`JSONata ${fault.code ?? 'error'} at character ${fault.position ?? '?'}`);
    }
  };
}

/** Compiles a condition: true when JSONata's `$boolean` of the result is. @throws ExpressionError */
export function compileCondition(source: string): (scope: Scope) => Promise<boolean> {
  const evaluate = compileExpression(source);
  return async (scope) => isTrue(await evaluate(scope));
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTrue);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** An expression without end would take the process, and every other route, with it. */
const LIMITS = { timeout: 2_000, stack: 1_000, sequence: 100_000 };

function compile(source: string): jsonata.Expression {
  try {
    return jsonata(source, LIMITS);
  } catch (error) {
    const { message, position } = describe(error);
    throw new ExpressionError(`${message ?? 'not a JSONata expression'} (character ${position ?? '?'})`);
  }
}

/**
 * JSONata's lists carry hidden properties, and its functions are values that hold everything they were made from;
 * a destination gets plain JSON.
 */
function toPlainJson(value: unknown): unknown {
  const json = JSON.stringify(value, (_key, inner: unknown) => (isFunction(inner) ? undefined : inner));
  return json === undefined ? undefined : JSON.parse(json);
}

function isFunction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function';
  return Reflect.get(value, '_jsonata_function') === true || Reflect.get(value, '_jsonata_lambda') === true;
}

/** JSONata throws plain objects. Their messages quote values when they arise from evaluating. */
function describe(error: unknown): { code?: string; message?: string; position?: number } {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const code = field('code');
  const message = field('message');
  const position = field('position');
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof message === 'string' && { message }),
    ...(typeof position === 'number' && { position }),
  };
}
