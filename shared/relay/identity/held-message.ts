import type { RteMessage } from '../../events/rte/rte-message.ts';

/** A message without an id as yet. */
export interface HeldMessage extends Pick<RteMessage, 'event' | 'contentHash' | 'mergeKey'> {
  readonly receivedAtMs: number;
}
