import type { BehaviourSettings } from './behaviour.ts';
import { documentedEventNames, type EventDescription } from './event-catalogue.ts';
import type { DataFields } from './message-data.ts';

export type SpellingSettings = Pick<
  BehaviourSettings,
  'dataKeys' | 'subscriptionKeys' | 'userNameKey' | 'dates' | 'eventType' | 'extraFields' | 'serialField'
>;

/** What an event says before its spelling: `data` by wire name. */
export interface PlainMessage {
  /** In any casing, documented or not. */
  readonly eventName: string;
  readonly entityId: string;
  readonly serial: number | string;
  readonly data: DataFields;
}

/** Numbers that were seen at a real hub; the others are invented, above these. */
const seenEventTypes: Readonly<Record<string, number>> = {
  useravailability: 1,
  usercallincoming: 10,
  queuecallinuserallocated: 102,
  queuestatus: 140,
  userstatus: 141,
};
const firstInventedEventType = 1_000;

/** The argument of `MessageReceived`, as the settings have it spelled. Documented spellings need the description. */
export function spellMessage(
  { eventName, entityId, serial, data }: PlainMessage,
  description: EventDescription | undefined,
  settings: SpellingSettings,
): Readonly<Record<string, unknown>> {
  const isPascal = settings.dataKeys === 'pascal';
  const documentedKeys = new Map(description?.fields.map(({ name, wireName }) => [wireName, name]));
  const keyOf = (key: string) => {
    const swapped = settings.userNameKey === 'swapped' ? swapUserName(key) : key;
    if (!isPascal) return swapped;
    return (swapped === key ? documentedKeys.get(key) : undefined) ?? capitalised(swapped);
  };
  const spelled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spelled);
    if (typeof value === 'string') return settings.dates === 'withZ' ? withZone(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [keyOf(key), spelled(member)]));
  };
  const subscription = { entityId, eventName: eventName.toLowerCase() };
  const isPascalSubscription = settings.subscriptionKeys === 'pascal';
  return {
    subscription: isPascalSubscription
      ? { EntityId: subscription.entityId, EventName: subscription.eventName }
      : subscription,
    data: spelled({ ...eventTypeOf(eventName, settings), ...data, ...extraMembers(serial, settings) }),
  };
}

function eventTypeOf(eventName: string, { eventType }: SpellingSettings): DataFields {
  if (eventType === 'absent') return {};
  if (eventType === 'text') return { eventType: eventName };
  const name = eventName.toLowerCase();
  const index = documentedEventNames.findIndex((documented) => documented.toLowerCase() === name);
  return { eventType: seenEventTypes[name] ?? firstInventedEventType + index };
}

function extraMembers(serial: number | string, { extraFields, serialField }: SpellingSettings): DataFields {
  return {
    ...(extraFields ? { fetchMode: true, activeQueueId: null, vendorNote: { level: 2, tags: ['a', 'b'] } } : {}),
    ...(serialField === '' ? {} : { [serialField]: serial }),
  };
}

function swapUserName(key: string): string {
  return key === 'userName' ? 'username' : key === 'username' ? 'userName' : key;
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function withZone(text: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(text) ? `${text}Z` : text;
}
