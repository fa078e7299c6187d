import type { CallbackRepresentation } from './callback-representation.ts';
import { callbackStates, type LucsCallback } from './callbacks.ts';
import { readDateTime } from './dates.ts';
import { Fields, invalid, isCount, isOneOf, isString } from './fields.ts';

/** A callback beside its form on the wire. */
export interface SearchedCallback {
  readonly callback: LucsCallback;
  readonly representation: CallbackRepresentation;
}

/**
 * Finds callbacks by the body of `POST /v1.0/callbacks/search`, of which everything is optional. Throws a refusal (500)
 * for what is malformed.
 *
 * Assumed: the dates bound the due date, both inclusive; texts are compared exactly; `OrderBy` names a field of the
 * answer; a `Limit` of 0 gives nothing.
 */
export function searchCallbacks(body: unknown, callbacks: readonly SearchedCallback[]): CallbackRepresentation[] {
  const fields = new Fields(body, 'The request has no search.');
  const start = readBound(fields, 'StartDate');
  const end = readBound(fields, 'EndDate');
  const serviceSip = fields.optional('ServiceSip', isString);
  const equals = {
    Target: fields.optional('Target', isString),
    ServiceId: fields.optional('ServiceId', isString)?.toLowerCase() ?? null,
    State: fields.optional('State', isOneOf(callbackStates)),
    AppPoolId: fields.optional('AppPoolId', isString)?.toLowerCase() ?? null,
    ExternalTaskId: fields.optional('ExternalTaskId', isString),
    CallerId: fields.optional('CallerId', isString),
  };
  const orderBy = fields.optional('OrderBy', isString);
  const isDescending = fields.optional('SortOrder', isOneOf(['Ascending', 'Descending'])) === 'Descending';
  const offset = fields.optional('Offset', isCount) ?? 0;
  const limit = fields.optional('Limit', isCount) ?? callbacks.length;

  const found = callbacks.filter(({ callback, representation }) => {
    const values = new Map<string, unknown>(Object.entries(representation));
    return (
      Object.entries(equals).every(([name, wanted]) => wanted === null || values.get(name) === wanted) &&
      (serviceSip === null || callback.service.SipUri === serviceSip.toLowerCase()) &&
      callback.request.dueAtMs >= (start ?? Number.NEGATIVE_INFINITY) &&
      callback.request.dueAtMs <= (end ?? Number.POSITIVE_INFINITY)
    );
  });
  const sorted = orderBy === null ? found : found.toSorted((a, b) => compare(sortKey(a, orderBy), sortKey(b, orderBy)));
  if (isDescending) sorted.reverse();
  return sorted.slice(offset, offset + limit).map(({ representation }) => representation);
}

function readBound(fields: Fields, name: string): number | undefined {
  const text = fields.optional(name, isString);
  const instant = text === null ? undefined : readDateTime(text);
  if (text !== null && instant === undefined) throw invalid(`The value of ${name} is not valid.`);
  return instant;
}

/** Dates by their instant, since their dotted form does not sort; everything else as it is on the wire. */
function sortKey({ callback, representation }: SearchedCallback, orderBy: string): string | number {
  if (orderBy === 'DueDate') return callback.request.dueAtMs;
  const values = new Map<string, string | number | null>(Object.entries(representation));
  if (!values.has(orderBy)) throw invalid('The value of OrderBy is not valid.');
  return values.get(orderBy) ?? '';
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
