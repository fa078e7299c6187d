import type { Emit, Identifier } from './identifier.ts';
import { randomEpoch } from './occurrence-counts.ts';

/** A relay alone: each message it receives is one occurrence, so a number per process start identifies it. */
export function createSingleIdentifier(emit: Emit): Identifier {
  const epoch = randomEpoch();
  let received = 0;
  let isUp = false;
  return {
    up: () => {
      isUp = true;
    },
    down: () => {
      isUp = false;
    },
    receive: ({ event, mergeKey }) => {
      received += 1;
      emit({ ...event, id: `${epoch}.${received}` }, mergeKey);
    },
    status: () => ({
      mode: 'single',
      state: isUp ? 'synced' : 'down',
      epoch,
      isSending: true,
      held: 0,
      peers: 0,
      forgotten: 0,
    }),
    close: async () => {},
  };
}
