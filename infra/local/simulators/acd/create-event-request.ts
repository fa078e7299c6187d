import { asJsonObject } from '../common/request-body.ts';
import { AcdRefusal } from './envelopes.ts';
import { readDate, readTime } from './local-time.ts';
import { type AcdGroup, acdEventTypes, acdUserIds, callbackTypeId, voiceMailTypeId } from './seed.ts';

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

const defaultPriority = 50;
const highestPriority = 200;

/**
 * Reads the request's body by the documented field rules. Throws 400 for a field that is missing or malformed, 404 for
 * a type, group or user that does not exist. Unknown fields are ignored; a release before pairs, priority and
 * appointments (`oldApi`) does not know those fields either.
 */
export function readCreateEventRequest(
  body: unknown,
  { groups, oldApi }: { groups: readonly AcdGroup[]; oldApi: boolean },
): CreateEventRequest {
  const fields = asJsonObject(body);
  if (fields === undefined) throw new AcdRefusal(400, 'The body is not a JSON object');

  const typeId = requireField(integer(fields, 'AcdEventTypesID'), 'AcdEventTypesID');
  if (!acdEventTypes.some(({ ID }) => ID === typeId)) throw new AcdRefusal(404, 'AcdEventType not found');
  const target = readTarget(fields, oldApi);
  for (const id of Object.values(target)) {
    if (!groups.some((group) => group.id === id)) throw new AcdRefusal(404, 'ACD group not found');
  }
  const usersId = integer(fields, 'UsersID');
  if (usersId !== null && !acdUserIds.includes(usersId)) throw new AcdRefusal(404, 'User not found');

  const isPhoneEvent = typeId === callbackTypeId || typeId === voiceMailTypeId;
  const sender = requireField(isPhoneEvent ? phoneNumber(fields, 'Sender') : text(fields, 'Sender'), 'Sender');
  return {
    typeId,
    target,
    usersId,
    sender,
    receiver: isPhoneEvent ? phoneNumber(fields, 'Receiver') : text(fields, 'Receiver'),
    subject: requireField(text(fields, 'Subject'), 'Subject'),
    body: typeId === callbackTypeId ? text(fields, 'Body') : null,
    crmUrl: check(text(fields, 'CrmURL'), 'CrmURL', (url) => URL.canParse(url)),
    userData: text(fields, 'UserData'),
    ...(oldApi
      ? { priority: defaultPriority, appointmentDate: null, appointmentTime: null }
      : readPriorityAndAppointment(fields)),
  };
}

function readTarget(fields: ReadonlyMap<string, unknown>, oldApi: boolean): EventTarget {
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
  fields: ReadonlyMap<string, unknown>,
): Pick<CreateEventRequest, 'priority' | 'appointmentDate' | 'appointmentTime'> {
  const inRange = (priority: number) => priority >= 0 && priority <= highestPriority;
  const priority = check(integer(fields, 'nPriority'), 'nPriority', inRange) ?? defaultPriority;
  return {
    priority,
    appointmentDate: normalize(text(fields, 'dtAppointmentDate'), 'dtAppointmentDate', readDate),
    appointmentTime: normalize(text(fields, 'dtAppointmentTime'), 'dtAppointmentTime', readTime),
  };
}

function integer(fields: ReadonlyMap<string, unknown>, name: string): number | null {
  const value = fields.get(name) ?? null;
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(name);
  return value;
}

/** An empty text counts as absent. */
function text(fields: ReadonlyMap<string, unknown>, name: string): string | null {
  const value = fields.get(name) ?? '';
  if (typeof value !== 'string') throw malformed(name);
  return value === '' ? null : value;
}

/** E.164. The documentation is of two minds about the leading plus, so both spellings pass. */
function phoneNumber(fields: ReadonlyMap<string, unknown>, name: string): string | null {
  return check(text(fields, name), name, (number) => /^\+?[1-9]\d{3,14}$/.test(number));
}

function check<T>(value: T | null, name: string, isValid: (value: T) => boolean): T | null {
  if (value !== null && !isValid(value)) throw malformed(name);
  return value;
}

function normalize(value: string | null, name: string, read: (value: string) => string | undefined): string | null {
  if (value === null) return null;
  const normalized = read(value);
  if (normalized === undefined) throw malformed(name);
  return normalized;
}

function requireField<T>(value: T | null, name: string): T {
  if (value === null) throw new AcdRefusal(400, `Missing parameter: ${name}`);
  return value;
}

function malformed(name: string): AcdRefusal {
  return new AcdRefusal(400, `Invalid parameter: ${name}`);
}
