import type * as z from '../zod.ts';

/** What one webhook's payload looks like, and where its event's attributes come from. */
export interface WebhookKind<Payload extends Record<string, unknown>> {
  readonly schema: z.ZodMiniType<Payload>;
  type(payload: Payload): string;
  subject(payload: Payload): string;
  source(payload: Payload): string;
  /** RFC 3339 in UTC, or undefined when the payload does not tell when it happened. */
  time(payload: Payload): string | undefined;
  /**
   * What tells this occurrence from all others of its source and type, for ever. Where a kind has none, the sender's
   * headers tell, or else the content and when it came.
   */
  key?(payload: Payload): string;
}
