import { readDueDate } from './dates.ts';
import { Fields, invalid, isCount, isOneOf, isSipAddress, isString } from './fields.ts';
import type { LucsService } from './seed.ts';

/** Highest first: the first always goes ahead, the last only when nobody else waits. */
export const callbackPriorities = [
  'StrictPriority',
  'Highest',
  'VeryHigh',
  'High',
  'Normal',
  'Low',
  'VeryLow',
  'Lowest',
  'NothingElse',
] as const;

export type CallbackPriority = (typeof callbackPriorities)[number];

/** What `POST /v1.0/callbacks` asks for, read, with its defaults. */
export interface CreateCallbackRequest {
  readonly target: string;
  /** Called in place of the target when it is given. */
  readonly alternativeTarget: string | null;
  readonly maxRetries: number;
  readonly secondsBetweenRetries: number;
  readonly incomingServiceSipUri: string | null;
  readonly priority: CallbackPriority;
  readonly contextUrl: string | null;
  readonly dueAtMs: number;
  readonly supervisor: string | null;
  readonly description: string | null;
  readonly externalTaskId: string | null;
  readonly callerId: string | null;
}

const defaultMaxRetries = 3;

/** In .NET's characters, which are UTF-16 code units. That LUCS counts so is an assumption. */
const longestDescription = 150;

/**
 * Reads the request's body. Throws a refusal (500) for what is missing, malformed or too long, and where no service
 * that may call out is named. Without a `DueDate` the callback is due at once.
 */
export function readCreateCallbackRequest(
  body: unknown,
  { services, nowMs }: { services: readonly LucsService[]; nowMs: number },
): { request: CreateCallbackRequest; service: LucsService } {
  const fields = new Fields(body, 'The request has no callback.');
  const request = {
    target: fields.required('Target', isTarget),
    alternativeTarget: fields.optional('AlternativeTarget', isTarget),
    maxRetries: fields.optional('MaxRetries', isCount) ?? defaultMaxRetries,
    secondsBetweenRetries: fields.required('SecondsBetweenRetries', isCount),
    incomingServiceSipUri: fields.optional('IncomingServiceSipUri', isString),
    priority: fields.required('Priority', isOneOf(callbackPriorities)),
    contextUrl: fields.optional('ContextUrl', isString),
    dueAtMs: readDue(fields.optional('DueDate', isString)) ?? nowMs,
    supervisor: fields.optional('Supervisor', isString),
    description: fields.optional('Description', isDescription),
    externalTaskId: fields.optional('ExternalTaskId', isString),
    callerId: fields.optional('CallerId', isString),
  };
  const service = findService(fields, services);
  if (service.DirectionType !== 'InboundOutbound') {
    throw invalid('The direction type of the service is not InboundOutbound.');
  }
  return { request, service };
}

/** An id that no service has is passed over for the address, as LUCS documents it. */
function findService(fields: Fields, services: readonly LucsService[]): LucsService {
  const id = fields.optional('ServiceId', isString);
  const sip = fields.optional('ServiceSip', isString);
  const service =
    services.find(({ Id }) => Id === id?.toLowerCase()) ?? services.find(({ SipUri }) => SipUri === sip?.toLowerCase());
  if (service === undefined) throw invalid('Neither ServiceId nor ServiceSip names a service.');
  return service;
}

/** `sip:user@domain`, or `tel:` and a number; the documentation prints a blank after that colon. */
function isTarget(value: unknown): value is string {
  return isSipAddress(value) || (isString(value) && /^tel: ?\+?\d{2,20}$/i.test(value));
}

function isDescription(value: unknown): value is string {
  return isString(value) && value.length <= longestDescription;
}

function readDue(text: string | null): number | null {
  if (text === null) return null;
  const dueAtMs = readDueDate(text);
  if (dueAtMs === undefined) throw invalid('The value of DueDate is not valid.');
  return dueAtMs;
}
