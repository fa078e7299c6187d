import { Fields, isBoolean, isPositiveInteger, isSipAddress, isString } from './fields.ts';

const modalities = ['Im', 'Audio', 'Video', 'DesktopSharing', 'ConversationContext'] as const;

export type Modality = (typeof modalities)[number];

/** What `POST /v1.0/tasks` asks for, read. Names on the wire are PascalCase, and `Service` holds the service's id. */
export interface CreateTaskRequest {
  readonly service: string;
  readonly required: Readonly<Record<Modality, boolean>>;
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
  const fields = new Fields(body, 'The request has no task.');
  const service = fields.required('Service', isString);
  const required = new Fields(fields.raw('Required'), 'Required is required.', 'Required.');
  const requires = (name: Modality) => required.optional(name, isBoolean) ?? false;
  return {
    service,
    required: {
      Im: requires('Im'),
      Audio: requires('Audio'),
      Video: requires('Video'),
      DesktopSharing: requires('DesktopSharing'),
      ConversationContext: requires('ConversationContext'),
    },
    distributeToAgent: fields.required('DistributeToAgent', isBoolean),
    ronaTimeoutInSeconds: fields.optional('DistributeToAgentRONATimeoutInSeconds', isPositiveInteger),
    externalTaskId: fields.optional('ExternalTaskId', isString),
    caller: fields.optional('Caller', isString),
    preferredAgents: fields.optional('PreferredAgents', isSipAddressList) ?? [],
    considerPreferredAgentsOnly: fields.optional('ConsiderPreferredAgentsOnly', isBoolean) ?? false,
  };
}

/** The modalities that the task's agent must be able to handle. */
export function requiredModalities({ required }: CreateTaskRequest): Modality[] {
  return modalities.filter((modality) => required[modality]);
}

function isSipAddressList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isSipAddress);
}
