/** One event of one user, queue or call list. */
export interface Subscription {
  /** GUID, lower case. */
  readonly entityId: string;
  /** The hub compares it without regard to case. */
  readonly eventName: string;
}

/** A wish that the hub, or EnreachAPI on the way to it, did not grant. */
export interface RefusedSubscription extends Subscription {
  readonly reason: string;
}

/** Equal for equal subscriptions, whatever their casing. */
export function subscriptionKey({ entityId, eventName }: Subscription): string {
  return `${entityId}|${eventName}`.toLowerCase();
}
