import type * as z from '../../zod.ts';

/** What an event is about, and what the hub calls subscribable: a user, a queue or a call list. */
export type RteEntity = 'user' | 'queue' | 'callList';

/** What the bridge has to know of one documented event. Field names are those of `data` after reading. */
export interface RteEventDefinition {
  /** As documented; the hub answers it in lower case. */
  readonly name: string;
  readonly entity: RteEntity;
  /** A snapshot is replaced by the next one; every occurrence counts. */
  readonly kind: 'snapshot' | 'occurrence';
  /** Events with the same value of this field keep their order. The field may be absent: then the entity orders. */
  readonly orderingKey: string;
  /** The field that names the entity, where there is one. */
  readonly entityIdField: string | undefined;
  /** The field that tells when the event's state came to be, where there is one. */
  readonly versionField: string | undefined;
  readonly schema: z.ZodMiniType<Record<string, unknown>>;
}
