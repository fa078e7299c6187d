import type { FastifyRequest } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { invalidFields, NimbusRefusal } from './refusal.ts';

/**
 * The request's JSON body as the schema reads it; a `null` counts as a key that is not there. Throws refusals: 415 for
 * another media type, 400 with every problem for what does not validate.
 */
export function readBody<T>(request: FastifyRequest, schema: z.core.$ZodType<T>): T {
  requireJson(request);
  const body = parseJsonText(rawBodyOf(request));
  if (body === undefined) throw invalidFields({ '': ['A non-empty request body of JSON is required.'] });
  const parsed = z.safeParse(schema, withoutNulls(body));
  if (parsed.success) return parsed.data;
  const problems: Record<string, string[]> = {};
  for (const { path, message } of parsed.error.issues) {
    const field = path.join('.');
    problems[field] = [...(problems[field] ?? []), message];
  }
  throw invalidFields(problems);
}

/** Throws a 415 refusal for a body that is not declared as JSON. */
export function requireJson(request: FastifyRequest): void {
  if (isJsonMediaType(mediaTypeOf(request.headers['content-type']))) return;
  throw new NimbusRefusal(415, 'The content type must be application/json.');
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
