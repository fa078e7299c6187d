import { type AcdCallbackKind, acdCallback } from '../events/acd-callback.ts';
import type { Log } from '../log.ts';
import { problemAnswer, type WebhookAnswer } from './problem.ts';
import type { WebhookRequest } from './read-body.ts';
import { createWebhookReceiver, type WebhookReceiverOptions } from './receive-webhook.ts';

export interface AcdCallbackReceiverOptions extends WebhookReceiverOptions {
  /** IANA name of the zone in which the ACD writes its times. */
  readonly timeZone: string;
}

/** What jtel documents: 200 for handled, 500 for failed. */
const STATUSES = { taken: 200, notTaken: 500 };

/**
 * Makes the receiver of callback requests and voice mails that jtel ACD posts. It answers like every other webhook,
 * but 200 when the bus has confirmed the event, and 500 when it has not.
 *
 * Its `kind` is what the URL says: `callback`, `voicemail`, or null where the payload shall tell. Any other is refused
 * with 400, because it is a slip in the settings of the ACD.
 */
export function createAcdCallbackReceiver({
  timeZone,
  ...options
}: AcdCallbackReceiverOptions): (request: WebhookRequest, kind: string | null, log: Log) => Promise<WebhookAnswer> {
  const receiverOf = (kind?: AcdCallbackKind) => createWebhookReceiver(acdCallback(timeZone, kind), options, STATUSES);
  const untold = receiverOf();
  const byKind = new Map([
    ['callback', receiverOf('callback')],
    ['voicemail', receiverOf('voicemail')],
  ]);

  return async (request, kind, log) => {
    const receive = kind === null ? untold : byKind.get(kind.toLowerCase());
    if (receive === undefined) {
      log.warn('refused', { status: 400 });
      const detail = `The address may end with ?kind=${[...byKind.keys()].join(' or ?kind=')}, with nothing else.`;
      return problemAnswer({ status: 400, title: 'Unknown kind', detail });
    }
    return receive(request, log);
  };
}
