import type { Directory, EntityKind } from './directory.ts';
import { type EventDescription, type EventField, itemFieldsOf } from './event-catalogue.ts';

/** Values by wire name. */
export type DataFields = Readonly<Record<string, unknown>>;

export interface DataSource {
  readonly directory: Directory;
  readonly clock: () => number;
  readonly newId: () => string;
}

/** Open-ended, as .NET writes its latest date. */
const endOfTime = '9999-12-31T23:59:59.9999999';

/** Values of text fields that mean more than their name; all people and numbers are made up. */
const texts: Readonly<Record<string, string>> = {
  availability: 'Available',
  calculatedPriority: '50',
  calledNumber: '+15555550000',
  callerName: 'Robin Example',
  callerNumber: '+15555550123',
  callEvent: 'init',
  callType: 'servicein',
  channelIn: 'Sales',
  connectedTarget: '+15555550177',
  contactName: 'Robin Example',
  contactNumber: '+15555550123',
  emailTo: 'sales@contoso.example',
  eventSource: 'api',
  legId: 'leg-1',
  number: '+15555550000',
  overflowApplet: 'QueueOverflow',
  phoneNumber: '+15555550142',
  reason: 'remote',
  smsTo: '+15555550123',
  target: '+15555550177',
  targetNumber: '+15555550000',
  techNumber: '+15555550001',
  techQueueName: 'Sales-tech',
  techReason: 'normal_clearing',
  techSource: 'queue',
  techType: 'queue',
  transferApplet: 'Transfer',
  transferSource: 'queue',
  transferTarget: '+15555550177',
  userNumber: '+15555550142',
};

/**
 * Plausible values for each documented field of an event about this entity, by wire name. Nullable fields are null,
 * except the ids that callers need to follow a call or a request.
 */
export function messageData(event: EventDescription, entityId: string, source: DataSource): DataFields {
  const entityField = event.entityIdField?.toLowerCase();
  return Object.fromEntries(
    event.fields.map((field) => {
      const isEntity = field.name.toLowerCase() === entityField;
      return [field.wireName, isEntity ? entityId : sampleOf(field, event.entity, entityId, source)];
    }),
  );
}

function sampleOf(field: EventField, kind: EntityKind, entityId: string, source: DataSource): unknown {
  const { name, type, nullable } = field;
  if (nullable && name !== 'CallId' && name !== 'ListId') return null;
  const items = itemFieldsOf(type);
  if (items !== undefined) {
    return [Object.fromEntries(items.map((item) => [item.wireName, sampleOf(item, kind, entityId, source)]))];
  }
  switch (type) {
    case 'Guid':
      return idOf(name, source);
    case 'DateTime':
      return name === 'EndTime' ? endOfTime : new Date(source.clock()).toISOString().replace('Z', '0000');
    case 'bool':
      return false;
    case 'string':
      return textOf(field, kind, entityId, source);
    default:
      return 1;
  }
}

function idOf(name: string, { directory, newId }: DataSource): string {
  const { organizationId, users, queues, callLists } = directory;
  const known: Readonly<Record<string, string | undefined>> = {
    OrganizationId: organizationId,
    UserId: (users[1] ?? users[0])?.id,
    QueueId: queues[0]?.id,
    CallListId: callLists[0],
    ListId: callLists[0],
  };
  return known[name] ?? newId();
}

function textOf({ name, wireName }: EventField, kind: EntityKind, entityId: string, { directory }: DataSource): string {
  const { users, queues } = directory;
  switch (name.toLowerCase()) {
    case 'username':
      return (users.find(({ id }) => kind === 'user' && id === entityId) ?? users[1] ?? users[0])?.username ?? '';
    case 'queuename':
      return (queues.find(({ id }) => id === entityId) ?? queues[0])?.name ?? '';
    case 'queuenumber':
      return (queues.find(({ id }) => id === entityId) ?? queues[0])?.number ?? '';
    default:
      return texts[wireName] ?? '';
  }
}
