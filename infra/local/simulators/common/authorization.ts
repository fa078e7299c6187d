import type { FastifyRequest } from 'fastify';

/**
 * True when the request's `Authorization` is `Bearer` with exactly this token. The scheme's case does not matter (RFC
 * 9110).
 */
export function hasBearerToken(request: FastifyRequest, token: string): boolean {
  return presentsKey(request.headers.authorization, 'Bearer', token);
}

/** True when a header's value is the key, after the prefix and a blank where a prefix is wanted. */
export function presentsKey(value: string | string[] | undefined, prefix: string, key: string): boolean {
  if (typeof value !== 'string') return false;
  if (prefix === '') return value === key;
  const [scheme, presented, ...more] = value.split(' ');
  return scheme?.toLowerCase() === prefix.toLowerCase() && presented === key && more.length === 0;
}
