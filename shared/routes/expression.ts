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
  return async (scope) => (await truthiness.evaluate({ value: await evaluate(scope) })) === true;
}

const truthiness = jsonata('$boolean(value)');

function compile(source: string): jsonata.Expression {
  try {
    return jsonata(source);
  } catch (error) {
    const { message, position } = describe(error);
    throw new ExpressionError(`${message ?? 'not a JSONata expression'} (character ${position ?? '?'})`);
  }
}

/** JSONata's lists carry hidden properties, and functions are values to it; a destination gets plain JSON. */
function toPlainJson(value: unknown): unknown {
  if (value === undefined || typeof value === 'function') return undefined;
  return JSON.parse(JSON.stringify(value));
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
