import { createLucsClient, type LucsOptions } from '../../../../shared/destinations/lucs/client.ts';
import { defaultLucsPaths } from '../../../../shared/destinations/lucs/paths.ts';
import { fakeFetch, type PlannedAnswer } from '../../../helpers/fake-fetch.ts';

export const BASE_URL = 'https://lucs.example:8443/control';
export const SERVICE = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
export const TASK_ID = 'b1f6f0a4-7f0e-4a0c-8a4b-0c6f5a0e9d21';
export const CALLBACK_ID = '6a4f1d70-4a5d-4d0b-9a7b-5f1f0f7c2e11';

/** A client whose LUCS gives these answers in turn. */
export function lucs(...answers: PlannedAnswer[]) {
  return lucsWith({}, ...answers);
}

export function lucsWith(options: Partial<LucsOptions>, ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createLucsClient({
    baseUrl: BASE_URL,
    apiKey: 'key-1',
    authHeader: 'Authorization',
    authPrefix: 'Bearer ',
    paths: defaultLucsPaths,
    ronaParameter: 'query',
    establishedStates: ['Established'],
    longDescription: 'cut',
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
    ...options,
  });
  return { net, client };
}

/** 500 with an error code, whose text must never get out. */
export function refusal(Code: string | number): PlannedAnswer {
  return { status: 500, json: { Error: { Code, Message: 'SECRET-4711' } } };
}

/** What every request with a body carries, and what those without it carry. */
export const headers = {
  withBody: { accept: 'application/json', 'content-type': 'application/json', authorization: 'Bearer key-1' },
  withoutBody: { accept: 'application/json', authorization: 'Bearer key-1' },
};

/** A task as the sheet's use case shows it before an agent has it. */
export const waitingTask = {
  Id: TASK_ID,
  ExternalTaskId: 'crm-10021',
  Type: 'ExternalNonBlocking',
  State: 'InQueue',
  CustomerIdentifier: 'Erika Muster',
  Created: '05.03.2025 14:07:00.1234567Z',
  QueueStarted: '05.03.2025 14:07:00.1234567Z',
  Connected: null,
  InitialModalityType: 'External',
  OriginType: 'Unknown',
  OriginTypeCustom: null,
  ContextParameters: [
    { Name: 'ServiceCulture', Value: 'en-GB' },
    { Name: 'AgentSipUri', Value: 'sip:unknown@unknown' },
  ],
  ReservedUserObject: null,
};

export const agent = {
  Id: 'a7c1d2e3-0f14-4b25-8c36-9d47e058f169',
  DisplayName: 'Anna Berg',
  OrganizationUnitName: 'Customer Service',
  SipUri: 'sip:a.berg@corp.example',
  UserPrincipalName: 'a.berg@corp.example',
  SecurityIdentifier: 'S-1-5-21-1',
  SamAccountName: 'a.berg',
  AgentProfileName: 'Standard',
  ResponsibleSinceLevel: 1,
  SelectionAlgorithm: 'BestQualifiedMostResponsibleAgent',
};

/** A callback as LUCS answers its creation. */
export const callback = {
  Id: CALLBACK_ID,
  Creator: 'API',
  LeftInQueueTimeInSeconds: 3600,
  AppPoolId: '0f6b2d3c-1111-4222-8333-444455556666',
  InitiatingSessionId: null,
  Initiator: null,
  State: 'Pending',
  RetryType: 'SingleSession',
  RetryCount: 0,
  Target: 'tel:+41315550123',
  AlternativeTarget: null,
  MaxRetries: 3,
  SecondsBetweenRetries: 300,
  ServiceId: SERVICE,
  ServiceSip: null,
  IncomingServiceSipUri: null,
  Priority: 'Normal',
  ContextUrl: null,
  DueDate: '05.03.2025 15:00:00.0000000Z',
  Supervisor: null,
  Description: 'Order 4711',
  ExternalTaskId: 'crm-10022',
  CallerId: null,
};

/** The same as routes see it. */
export const callbackSeen = {
  callbackId: CALLBACK_ID,
  externalTaskId: 'crm-10022',
  state: 'Pending',
  target: 'tel:+41315550123',
  serviceId: SERVICE,
  priority: 'Normal',
  dueDate: '2025-03-05T15:00:00.000Z',
  description: 'Order 4711',
  retryCount: 0,
  maxRetries: 3,
  secondsBetweenRetries: 300,
  creator: 'API',
};
