import * as z from '../zod.ts';

const attribute = z.string().check(z.minLength(1));

/**
 * A CloudEvents 1.0 event as the bridge carries it: the core attributes it always sets, the distributed tracing
 * extension, and the vendor's payload with keys in one casing.
 */
export const cloudEventSchema = z.object({
  specversion: z.literal('1.0'),
  id: attribute,
  source: attribute,
  type: attribute,
  subject: attribute,
  time: attribute,
  datacontenttype: z._default(z.string(), 'application/json'),
  traceparent: z.optional(z.string()),
  tracestate: z.optional(z.string()),
  data: z.record(z.string(), z.unknown()),
});

export type CloudEvent = z.infer<typeof cloudEventSchema>;

/** What an event may take as JSON: leaves room for a delivery around it, and for a failure around that, in a message of 256 KiB. */
export const MAX_EVENT_BYTES = 240_000;

/** Media type of an event in structured mode. */
export const CLOUD_EVENT_MEDIA_TYPE = 'application/cloudevents+json';

/**
 * The last part of an event type: lower case, letters and digits only, so that a vendor's display name and its
 * API value (`System accepted`, `SystemAccepted`) give the same type. Empty when nothing is left.
 */
export function eventTypeSuffix(vendorName: string): string {
  return vendorName.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
