import * as z from '../../zod.ts';
import { wholeNumber } from './common/record-fields.ts';

/** Read strictly, unlike the details of records: it decides what an answer means. */
const integer = z.nullish(wholeNumber);

/**
 * Every answer that carries records: full lists (with `filter`, `limitStart`, `limitPageSize`, `orderBy`, `ascending`),
 * the short ones of single objects, searches and creation, and the list of calls. Only `records` is relied on: paging
 * and sorting are reserved, and `count` says nothing more.
 */
export const recordsEnvelope = z.looseObject({ records: z.array(z.unknown()) });

/** What every answer may have, and all that a deletion has. */
export const statusEnvelope = z.looseObject({ status: integer });

/** A 404 of jtel's own, for an object that it does not have. The text is for people, and may hold personal data. */
export const missingObjectEnvelope = z.looseObject({ status: z.literal(404), error: z.string().check(z.minLength(1)) });

/** The answer to setting a cockpit variable: a refusal comes with HTTP 200 as well. */
export const variableResultEnvelope = z.looseObject({ result: integer });
