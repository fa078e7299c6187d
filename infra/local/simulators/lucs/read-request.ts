import type { FastifyRequest } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { LucsRefusal } from './refusal.ts';

/** The request's body as JSON; undefined when it is none. Throws a 415 refusal when it is not declared as JSON. */
export function readJson(request: FastifyRequest): unknown {
  if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) {
    throw new LucsRefusal('UnsupportedMediaType', 'The content type must be application/json.', 415);
  }
  return parseJsonText(rawBodyOf(request));
}

/** A query parameter by its name, whose case does not matter in ASP.NET; undefined when it is absent or empty. */
export function queryValue({ query }: FastifyRequest, name: string): string | undefined {
  const found = Object.entries(query ?? {}).find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
  return typeof found === 'string' && found !== '' ? found : undefined;
}
