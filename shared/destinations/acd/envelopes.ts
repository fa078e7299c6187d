import * as z from '../../zod.ts';
import { integer, text } from './common/record-fields.ts';

/**
 * Every answer that carries records: full lists (with `filter`, `limitStart`, `limitPageSize`, `orderBy`, `ascending`),
 * the short ones of single objects, searches and creation, and the list of calls. Only `records` is relied on: paging
 * and sorting are reserved, and `count` says nothing more.
 */
export function recordsEnvelope<Item extends z.ZodMiniType>(item: Item) {
  return z.looseObject({ records: z.array(item) });
}

/** What every answer may have, and all that a deletion has. */
export const statusEnvelope = z.looseObject({ status: integer });

/** A failure that jtel could still describe. The text is for people, and may hold personal data. */
export const errorEnvelope = z.looseObject({ status: integer, error: text });

/** The answer to setting a cockpit variable: a refusal comes with HTTP 200 as well. */
export const variableResultEnvelope = z.looseObject({ result: integer, error: text });
