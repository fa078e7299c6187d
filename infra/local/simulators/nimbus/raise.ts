import * as z from '../../../../shared/zod.ts';
import type { Triggers } from './triggers.ts';

/** How long a callback may take before Nimbus is taken to give up on it. The real limit is not published. */
const callbackTimeoutMs = 30_000;

export const raiseRequestSchema = z.strictObject({
  webhook: z.enum(['task', 'schedulerEntry']),
  payload: z.record(z.string(), z.unknown()),
  callbackHeaders: z.optional(z.record(z.string(), z.string())),
});

/** A webhook's payload to deliver, with headers that every callback shall carry. */
export type RaiseRequest = z.infer<typeof raiseRequestSchema>;

/** What became of one callback. */
export interface CallbackResult {
  readonly triggerId: string;
  /** Without the query, which may hold a key. */
  readonly url: string;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The answer's text, or why there was none. */
  readonly body: string;
  readonly ms: number;
}

/** Posts a payload to every trigger that wants it, at the same time. Nimbus documents no retry, so there is none. */
export async function raise(
  triggers: Triggers,
  { webhook, payload, callbackHeaders = {} }: RaiseRequest,
): Promise<CallbackResult[]> {
  const body = JSON.stringify(payload);
  return Promise.all(
    triggers.matching(webhook, payload).map(async ({ id, config }) => {
      const startedAt = performance.now();
      const answer = await post(config.url, body, callbackHeaders);
      const { origin, pathname } = new URL(config.url);
      return { triggerId: id, url: origin + pathname, ...answer, ms: Math.round(performance.now() - startedAt) };
    }),
  );
}

async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number | null; body: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(callbackTimeoutMs),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: null, body: `No answer: ${reason instanceof Error ? reason.message : String(reason)}` };
  }
}
