import type { FastifyRequest } from 'fastify';
import { AcdRefusal } from './envelopes.ts';
import { requireField } from './fields.ts';
import { queryText } from './read-request.ts';

/**
 * Those whose name has the query parameter `name` in it, in any case of letters. Throws 400 without the parameter, and
 * 404 where nothing matches and that is how it is answered.
 */
export function matchesByName<T extends { readonly name: string }>(
  request: FastifyRequest,
  named: readonly T[],
  whenEmpty: 'emptyList' | 'notFound',
  notFound: string,
): T[] {
  const part = requireField(queryText(request, 'name'), 'name').toLowerCase();
  const found = named.filter(({ name }) => name.toLowerCase().includes(part));
  if (found.length === 0 && whenEmpty === 'notFound') throw new AcdRefusal(404, notFound);
  return found;
}
