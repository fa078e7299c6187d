import type { ResultCode } from './dialler-seed.ts';
import type { AcdRecord } from './envelopes.ts';
import type { Language } from './read-request.ts';

/** A result code in one language. Exactly one flag says what it does to a contact. */
export function representResultCode({ id, exportKey, kind, content }: ResultCode, language: Language): AcdRecord {
  return {
    ID: id,
    Content: content[language],
    ExportKey: exportKey,
    bDone: kind === 'done',
    bAborted: kind === 'aborted',
    bDelay: kind === 'delay',
    bAppointment: kind === 'appointment',
  };
}
