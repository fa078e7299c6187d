import type { ResultCode } from './schemas.ts';

/** A result code as routes see it: what becomes of the contact is one word. */
export function toResultCode(code: ResultCode) {
  const kinds = { done: code.bDone, aborted: code.bAborted, delay: code.bDelay, appointment: code.bAppointment };
  const [kind = null] = Object.entries(kinds).flatMap(([name, isSet]) => (isSet === true ? [name] : []));
  return { resultCodeId: code.ID, exportKey: code.ExportKey ?? null, text: code.Content ?? null, kind };
}
