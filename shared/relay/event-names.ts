import type { RteEntity } from '../events/rte/event-definition.ts';
import { rteEvents } from '../events/rte/schemas.ts';
import type { EventNames } from './resolve-subscriptions.ts';

const namesOf = (kind: RteEntity) => rteEvents.flatMap(({ name, entity }) => (entity === kind ? [name] : []));

/** The documented events: what `*` stands for in a subscription rule. */
export const documentedEventNames: EventNames = {
  user: namesOf('user'),
  queue: namesOf('queue'),
  callList: namesOf('callList'),
};
