import type { FastifyRequest } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { AcdRefusal } from './envelopes.ts';
import { malformed, requireField } from './fields.ts';

/** The request's body as JSON; undefined when it is none. Throws 415 when it is not declared as JSON. */
export function readJson(request: FastifyRequest): unknown {
  if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) {
    throw new AcdRefusal(415, 'Content-Type must be application/json');
  }
  return parseJsonText(rawBodyOf(request));
}

/** A query parameter, whose name must be spelled exactly; null when it is absent or empty. */
export function queryText({ query }: FastifyRequest, name: string): string | null {
  const value = new Map<string, unknown>(Object.entries(query ?? {})).get(name);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Throws 400 for anything but an integer. */
export function queryInteger(request: FastifyRequest, name: string): number | null {
  const value = queryText(request, name);
  if (value === null) return null;
  if (!/^-?\d{1,9}$/.test(value)) throw malformed(name);
  return Number(value);
}

export const languages = { 1: 'english', 2: 'german' } as const;

export type Language = (typeof languages)[keyof typeof languages];

/** The mandatory `languagesID`, of which there are two. Throws 400. */
export function queryLanguage(request: FastifyRequest): Language {
  const id = requireField(queryInteger(request, 'languagesID'), 'languagesID');
  if (id !== 1 && id !== 2) throw malformed('languagesID');
  return languages[id];
}
