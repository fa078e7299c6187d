import { AcdRefusal } from './envelopes.ts';
import { check, type Fields, integer, phoneNumber, readFields, requireField, text, withoutPlus } from './fields.ts';
import { readDate, readTime } from './local-time.ts';
import { acdServiceNumbers, acdUsers } from './master-data.ts';
import { type AcdGroup, acdEventTypes, callbackTypeId, voiceMailTypeId } from './seed.ts';

/** Either one group, or a configuration group together with an agent group. */
export type EventTarget =
  | { readonly AcdGroupsID: number }
  | { readonly AcdConfigurationGroupsID: number; readonly AcdAgentGroupsID: number };

/** What `POST /acd/events/create` asks for, read and checked. */
export interface CreateEventRequest {
  readonly typeId: number;
  readonly target: EventTarget;
  readonly usersId: number | null;
  readonly sender: string;
  readonly receiver: string | null;
  readonly subject: string;
  /** Kept for callbacks only; the ACD has no use for it elsewhere. */
  readonly body: string | null;
  readonly crmUrl: string | null;
  readonly userData: string | null;
  readonly priority: number;
  /** `yyyy-mm-dd` */
  readonly appointmentDate: string | null;
  /** `hh:mm` */
  readonly appointmentTime: string | null;
}

/** What decides on requests that are refused by one installation and taken by another. */
export interface CreateEventRules {
  readonly groups: readonly AcdGroup[];
  readonly oldApi: boolean;
  readonly unknownReceiver: 'accept' | 'refuse';
}

export const defaultPriority = 50;
const highestPriority = 200;

/**
 * Reads the request's body by the documented field rules. Throws 400 for a field that is missing or malformed, 404 for
 * a type, group or user that does not exist. Unknown fields are ignored; a release before pairs, priority and
 * appointments (`oldApi`) does not know those fields either.
 */
export function readCreateEventRequest(
  body: unknown,
  { groups, oldApi, unknownReceiver }: CreateEventRules,
): CreateEventRequest {
  const fields = readFields(body);
  const typeId = requireField(integer(fields, 'AcdEventTypesID'), 'AcdEventTypesID');
  if (!acdEventTypes.some(({ ID }) => ID === typeId)) throw new AcdRefusal(404, 'AcdEventType not found');
  const target = readTarget(fields, oldApi);
  for (const id of Object.values(target)) {
    if (!groups.some((group) => group.id === id)) throw new AcdRefusal(404, 'ACD group not found');
  }
  const usersId = integer(fields, 'UsersID');
  if (usersId !== null && !acdUsers.some(({ id }) => id === usersId)) throw new AcdRefusal(404, 'User not found');

  const isPhoneEvent = typeId === callbackTypeId || typeId === voiceMailTypeId;
  const sender = requireField(isPhoneEvent ? phoneNumber(fields, 'Sender') : text(fields, 'Sender'), 'Sender');
  const receiver = isPhoneEvent ? phoneNumber(fields, 'Receiver') : text(fields, 'Receiver');
  if (isPhoneEvent && unknownReceiver === 'refuse') check(receiver, 'Receiver', isServiceNumber);
  return {
    typeId,
    target,
    usersId,
    sender,
    receiver,
    subject: requireField(text(fields, 'Subject'), 'Subject'),
    body: typeId === callbackTypeId ? text(fields, 'Body') : null,
    crmUrl: check(text(fields, 'CrmURL'), 'CrmURL', (url) => URL.canParse(url)),
    userData: text(fields, 'UserData'),
    ...(oldApi
      ? { priority: defaultPriority, appointmentDate: null, appointmentTime: null }
      : readPriorityAndAppointment(fields)),
  };
}

function readTarget(fields: Fields, oldApi: boolean): EventTarget {
  const AcdGroupsID = integer(fields, 'AcdGroupsID');
  if (oldApi) return { AcdGroupsID: requireField(AcdGroupsID, 'AcdGroupsID') };
  const AcdConfigurationGroupsID = integer(fields, 'AcdConfigurationGroupsID');
  const AcdAgentGroupsID = integer(fields, 'AcdAgentGroupsID');
  if (AcdGroupsID !== null) {
    if (AcdConfigurationGroupsID === null && AcdAgentGroupsID === null) return { AcdGroupsID };
    throw new AcdRefusal(400, 'AcdGroupsID excludes AcdConfigurationGroupsID and AcdAgentGroupsID');
  }
  if (AcdConfigurationGroupsID === null && AcdAgentGroupsID === null) {
    throw new AcdRefusal(400, 'Missing parameter: AcdGroupsID');
  }
  return {
    AcdConfigurationGroupsID: requireField(AcdConfigurationGroupsID, 'AcdConfigurationGroupsID'),
    AcdAgentGroupsID: requireField(AcdAgentGroupsID, 'AcdAgentGroupsID'),
  };
}

function readPriorityAndAppointment(
  fields: Fields,
): Pick<CreateEventRequest, 'priority' | 'appointmentDate' | 'appointmentTime'> {
  const inRange = (priority: number) => priority >= 0 && priority <= highestPriority;
  const isDate = (date: string) => readDate(date) !== undefined;
  const isTime = (time: string) => readTime(time) !== undefined;
  return {
    priority: check(integer(fields, 'nPriority'), 'nPriority', inRange) ?? defaultPriority,
    appointmentDate: readDate(check(text(fields, 'dtAppointmentDate'), 'dtAppointmentDate', isDate) ?? '') ?? null,
    appointmentTime: readTime(check(text(fields, 'dtAppointmentTime'), 'dtAppointmentTime', isTime) ?? '') ?? null,
  };
}

function isServiceNumber(number: string): boolean {
  return acdServiceNumbers.some((known) => known.number === withoutPlus(number));
}
