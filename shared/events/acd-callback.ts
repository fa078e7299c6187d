import * as z from '../zod.ts';
import { toUtcTimestamp } from './timestamp.ts';
import type { WebhookKind } from './webhook-kind.ts';
import { integer, requiredInteger, text } from './wire-fields.ts';

/**
 * The body that jtel ACD posts for a new callback request (release 3.28) or voice mail (3.30), by the settings
 * "REST Calls" of a group. Both are documented with these fields; whether a voice mail has more is not documented.
 *
 * The bridge needs `AcdEventsID`. Numbers are E.164, without a plus today and with one in an earlier revision: they
 * are passed on as they came. Times are local ones without a zone.
 */
export const acdCallbackSchema = z.looseObject({
  AcdEventsID: requiredInteger,
  AcdEventTypesID: integer,
  AcdGroupsID: integer,
  AcdGroupsName: text,
  AcdGroupsForeignSystemID: text,
  Caller: text,
  CallbackNumber: text,
  ServiceNumbersNumber: text,
  ServiceNumbersName: text,
  dtCallStart: text,
  dtCallEnd: text,
  Subject: text,
  Body: text,
});

export type AcdCallback = z.infer<typeof acdCallbackSchema>;

/** What the ACD reports at this address. */
export type AcdCallbackKind = 'callback' | 'voicemail';

/**
 * How what jtel ACD posts becomes an event.
 *
 * @param timeZone IANA name of the zone of the ACD's installation
 * @param kind what the sender's URL says it is; without it the payload has to tell
 */
export function acdCallback(timeZone: string, kind?: AcdCallbackKind): WebhookKind<AcdCallback> {
  return {
    schema: acdCallbackSchema,
    type: (callback) => `com.jtel.acd.${kind ?? kindOf(callback)}created`,
    subject: (callback) => String(callback.AcdEventsID),
    source: ({ AcdGroupsID: group }) => (group === undefined ? '/acd' : `/acd/${group}`),
    time: ({ dtCallStart, dtCallEnd }) => toUtcTimestamp(dtCallEnd, timeZone) ?? toUtcTimestamp(dtCallStart, timeZone),
    // jtel documents that it posts newly generated events, and no later state of them: one posted again is a repeat. A
    // system that was set up anew gives its ids once more, to other calls.
    key: ({ AcdEventsID: id, dtCallStart: start = '' }) => `${id} ${start}`,
  };
}

/** `AcdEventTypes.VoiceMail` of jtel's list of event types. */
const VOICE_MAIL_TYPE = 1;

const NAMES_A_RECORDING = /voice.?mail|recording|audio|wav|attachment|(?<!pro)file/i;

/**
 * Not documented, assumed: a voice mail shows by its event type, where that is given, else by a key beside the
 * documented ones that is named for a recording and carries one or its address.
 */
function kindOf(callback: AcdCallback): AcdCallbackKind {
  if (callback.AcdEventTypesID !== undefined) {
    return callback.AcdEventTypesID === VOICE_MAIL_TYPE ? 'voicemail' : 'callback';
  }
  const hasRecording = Object.entries(callback).some(([key, value]) => NAMES_A_RECORDING.test(key) && isContent(value));
  return hasRecording ? 'voicemail' : 'callback';
}

/** A flag or a count is no recording. */
function isContent(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : typeof value === 'object' && value !== null;
}
