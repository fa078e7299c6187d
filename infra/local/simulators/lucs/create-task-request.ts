import { asJsonObject } from '../common/request-body.ts';
import { LucsRefusal } from './refusal.ts';

const modalities = ['Im', 'Audio', 'Video', 'DesktopSharing', 'ConversationContext'] as const;

/** What `POST /v1.0/tasks` asks for, read. Names on the wire are PascalCase, and `Service` holds the service's id. */
export interface CreateTaskRequest {
  readonly service: string;
  readonly required: Readonly<Record<(typeof modalities)[number], boolean>>;
  readonly distributeToAgent: boolean;
  /** How long an agent may leave the offer unanswered, in seconds. */
  readonly ronaTimeoutInSeconds: number | null;
  readonly externalTaskId: string | null;
  readonly caller: string | null;
  readonly preferredAgents: readonly string[];
  readonly considerPreferredAgentsOnly: boolean;
}

/**
 * Reads the request's body. Throws a refusal (500) when it lacks `Service`, `Required` or `DistributeToAgent`, or a
 * type is wrong.
 */
export function readCreateTaskRequest(body: unknown): CreateTaskRequest {
  const fields = asJsonObject(body);
  if (fields === undefined) throw invalid('The request has no task.');
  const read = <T>(name: string, isValid: (value: unknown) => value is T): T | null => {
    const value = fields.get(name) ?? null;
    if (value === null || isValid(value)) return value;
    throw invalid(`The value of ${name} is not valid.`);
  };

  const service = read('Service', isString);
  if (service === null) throw invalid('Service is required.');
  const required = asJsonObject(fields.get('Required'));
  if (required === undefined) throw invalid('Required is required.');
  const distributeToAgent = read('DistributeToAgent', isBoolean);
  if (distributeToAgent === null) throw invalid('DistributeToAgent is required.');

  return {
    service,
    required: {
      Im: readModality(required, 'Im'),
      Audio: readModality(required, 'Audio'),
      Video: readModality(required, 'Video'),
      DesktopSharing: readModality(required, 'DesktopSharing'),
      ConversationContext: readModality(required, 'ConversationContext'),
    },
    distributeToAgent,
    ronaTimeoutInSeconds: read('DistributeToAgentRONATimeoutInSeconds', isPositiveInteger),
    externalTaskId: read('ExternalTaskId', isString),
    caller: read('Caller', isString),
    preferredAgents: read('PreferredAgents', isSipAddressList) ?? [],
    considerPreferredAgentsOnly: read('ConsiderPreferredAgentsOnly', isBoolean) ?? false,
  };
}

function readModality(required: ReadonlyMap<string, unknown>, name: (typeof modalities)[number]): boolean {
  const value = required.get(name) ?? false;
  if (!isBoolean(value)) throw invalid(`The value of Required.${name} is not valid.`);
  return value;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0;
}

function isSipAddressList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => isString(item) && /^sip:[^@\s]+@[^@\s]+$/i.test(item));
}

function invalid(message: string): LucsRefusal {
  return new LucsRefusal('InvalidArgument', message);
}
