import type { RelayFigures } from '../../../shared/relay/relay-status.ts';

/** Figures of a relay that does well, with what a test cares about put in their place. */
export function someFigures(parts: Partial<RelayFigures> = {}): RelayFigures {
  return {
    connectedSinceMs: Date.parse('2025-03-05T14:07:00Z'),
    reconnects: 1,
    subscriptions: { active: 3, refused: [{ entityId: 'u1', eventName: 'UserStatus', reason: 'Unauthorized' }] },
    lastGap: { fromMs: Date.parse('2025-03-05T14:06:00Z'), toMs: Date.parse('2025-03-05T14:07:00Z') },
    received: 100,
    unparsed: 5,
    unknownEvents: 7,
    unknownFields: 8,
    identity: { mode: 'pair', state: 'synced', epoch: 'e1', isSending: true, held: 0, peers: 1, forgotten: 0 },
    buffered: 4,
    bufferedBytes: 4_000,
    spooled: 6,
    spoolBytes: 6_000,
    isSpoolFull: false,
    sent: 90,
    merged: 2,
    discarded: 0,
    setAside: 0,
    damaged: 0,
    lastSendError: undefined,
    isBusReachable: true,
    ...parts,
  };
}
