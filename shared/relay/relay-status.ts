import type { IdentifierStatus } from './identity/identifier.ts';
import type { OutboxStatus } from './outbox/outbox.ts';
import type { RefusedSubscription } from './subscription.ts';

/** What the relay tells of itself: counts since its start, and the present state. No personal data. */
export interface RelayFigures extends OutboxStatus {
  /** Connected and subscribed since then; undefined while it is not. */
  readonly connectedSinceMs: number | undefined;
  readonly reconnects: number;
  readonly subscriptions: { readonly active: number; readonly refused: readonly RefusedSubscription[] };
  readonly lastGap: { readonly fromMs: number; readonly toMs: number } | undefined;
  readonly received: number;
  readonly unparsed: number;
  readonly unknownEvents: number;
  readonly unknownFields: number;
  readonly identity: IdentifierStatus;
}

/** What keeps the relay from doing its work at present; empty when nothing does. */
export function problemsOf(figures: RelayFigures): string[] {
  const { connectedSinceMs, subscriptions, isBusReachable, isSpoolFull } = figures;
  const problems: string[] = [];
  if (connectedSinceMs === undefined) problems.push('not connected to the RTE hub');
  else if (subscriptions.active === 0) problems.push('no subscription is active');
  if (!isBusReachable) problems.push('the bus does not answer');
  if (isSpoolFull) problems.push('the spool is full, or can not be written');
  return problems;
}

const MAX_REFUSED = 100;

/** The figures for people: times as ISO 8601, a long list of refusals cut (their number is not). */
export function describeFigures(figures: RelayFigures): Record<string, unknown> {
  const { connectedSinceMs, subscriptions, lastGap, ...rest } = figures;
  return {
    connectedSince: connectedSinceMs === undefined ? null : timestamp(connectedSinceMs),
    subscriptions: {
      active: subscriptions.active,
      refusedCount: subscriptions.refused.length,
      refused: subscriptions.refused.slice(0, MAX_REFUSED),
    },
    lastGap: lastGap === undefined ? null : { from: timestamp(lastGap.fromMs), to: timestamp(lastGap.toMs) },
    ...rest,
    lastSendError: rest.lastSendError ?? null,
  };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
