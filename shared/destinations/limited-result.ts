import { PermanentError } from '../errors.ts';

/** A result waits in a table column, which holds 32 Ki characters, and rides in messages. */
const MAX_LENGTH = 30_000;

/** @throws PermanentError, saying `tooLong`, when a result is too long to be handed to later steps */
export function limitedResult<Result>(result: Result, tooLong: string): Result {
  if (JSON.stringify(result).length > MAX_LENGTH) throw new PermanentError(tooLong);
  return result;
}
