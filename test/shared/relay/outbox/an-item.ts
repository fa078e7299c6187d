import type { SendableItem } from '../../../../shared/relay/outbox/outbox-item.ts';

/** An item as the outbox makes it, named by its message id. */
export function anItem(name: string, parts: Partial<SendableItem> = {}): SendableItem {
  const body = Buffer.from(JSON.stringify({ name }));
  return {
    body,
    mergeKey: undefined,
    putMs: 0,
    state: 'memory',
    place: undefined,
    isInPipeline: false,
    isSettled: false,
    message: { messageId: name, contentType: 'application/json', body },
    ...parts,
  };
}
