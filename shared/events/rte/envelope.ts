import { isObject } from './canonical-data.ts';
import { UnreadableError } from './unreadable-error.ts';

/** The parts of a message of the hub: `{ subscription: { entityId, eventName }, data }`. */
export interface Envelope {
  /** As it came: hubs answer it in lower case. */
  readonly eventName: string;
  /** In lower case. */
  readonly entityId: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  /** The JSON Pointer of `data`. */
  readonly dataPointer: string;
  /** Members of the message that are not documented. */
  readonly unknownMembers: number;
}

const MAX_ID_LENGTH = 256;
const MAX_EVENT_NAME_LENGTH = 128;

/**
 * Takes a message apart. The casing of the members is not documented, so none is expected.
 * @throws UnreadableError
 */
export function readEnvelope(message: unknown): Envelope {
  if (!isObject(message)) throw new UnreadableError([': expected an object']);
  const subscriptionKey = spellingOf('subscription', message);
  const subscription = message[subscriptionKey];
  const dataKey = spellingOf('data', message);
  const data = message[dataKey];
  const eventName = isObject(subscription) ? subscription[spellingOf('eventName', subscription)] : undefined;
  const isNamed = typeof eventName === 'string' && eventName !== '' && eventName.length <= MAX_EVENT_NAME_LENGTH;
  if (!isNamed || !isObject(data)) {
    throw new UnreadableError([
      ...(isNamed ? [] : [`/${subscriptionKey}/eventName: expected the name of an event`]),
      ...(isObject(data) ? [] : [`/${dataKey}: expected an object`]),
    ]);
  }
  return {
    eventName,
    entityId: entityIdOf(subscription),
    data,
    dataPointer: `/${dataKey}`,
    unknownMembers: Object.keys(message).length - 2,
  };
}

/** The id of the entity that a message is about, when that much of it can be read. */
export function entityIdIn(message: unknown): string | undefined {
  return isObject(message) ? entityIdOf(message[spellingOf('subscription', message)]) : undefined;
}

/** A GUID, or whatever stands in its place, in lower case; undefined when it is of no use as an id. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH ? value.toLowerCase() : undefined;
}

function entityIdOf(subscription: unknown): string | undefined {
  return isObject(subscription) ? idOf(subscription[spellingOf('entityId', subscription)]) : undefined;
}

/** How `object` spells the member `name`. */
function spellingOf(name: string, object: Readonly<Record<string, unknown>>): string {
  if (Object.hasOwn(object, name)) return name;
  return Object.keys(object).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
}
