import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { refuseControl } from './inspection-routes.ts';
import { parseJsonText, rawBodyOf } from './request-body.ts';

/** The body of `POST /_simulator/advance`. */
export const advanceSchema = z.strictObject({ ms: z.int().check(z.nonnegative()) });

/** Settings by their names, checked where they are changed. */
export const changesSchema = z.record(z.string(), z.unknown());

/** Answers whatever the scope's controls throw with 400 and the reason. */
export function answerControlErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) =>
    refuseControl(reply, error instanceof Error ? error.message : String(error)),
  );
}

/** The JSON body of a control; no body counts as `{}`. Throws an Error that lists what is wrong. */
export function readControl<T>(schema: z.core.$ZodType<T>, request: FastifyRequest): T {
  const parsed = z.safeParse(schema, parseJsonText(rawBodyOf(request) || '{}'));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
