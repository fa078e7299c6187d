import { randomUUID } from 'node:crypto';

/** A webhook that Nimbus raises. */
export interface StoryEvent {
  readonly webhook: 'task' | 'schedulerEntry';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A request that a vendor must get, exactly once. */
export interface ExpectedRequest {
  readonly vendor: 'lucs' | 'acd' | 'crm';
  readonly method: string;
  /** Beginning of the path. */
  readonly path: string;
  /** Fields of the body that tell the request from others, and that are shown. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Story {
  readonly title: string;
  readonly events: readonly StoryEvent[];
  readonly expected: readonly ExpectedRequest[];
}

/** The stories that the demo plays. Ids differ from run to run, so that one can be told from the other. */
export function makeStories(now: Date, newId: () => string = randomUUID): readonly Story[] {
  return [answeredCall(now, newId()), missedCall(now, newId()), limitReached(now, newId())];
}

function answeredCall(now: Date, taskId: string): Story {
  const task = {
    taskId,
    callChainId: randomUUID(),
    direction: 'Inbound',
    modality: 'Audio',
    created: secondsBefore(now, 405),
    callerTelNumber: '+441632960123',
    isAnonymous: false,
    serviceDisplayName: `IT Helpdesk ${taskId.slice(0, 8)}`,
    serviceUPN: 'helpdesk@contoso.example',
    serviceTelNumber: '+442079460100',
  };
  const agent = {
    lastConnectedUserId: '5f0c2a77-8a8e-4f0b-b6a1-3f7d2c9e1b22',
    LastConnectedUserUPN: 'mia.keller@contoso.example',
  };
  const chosen = { customContextParameters: [{ name: 'Language', value: 'de' }] };
  return {
    title: 'An inbound call that is answered',
    events: [
      { webhook: 'task', payload: { ...task, event: 'Created' } },
      { webhook: 'task', payload: { ...task, event: 'SystemAccepted' } },
      {
        webhook: 'task',
        payload: { ...task, event: 'ParameterUpdated', updatedParameterName: 'Language', updatedParameterValue: 'de' },
      },
      { webhook: 'task', payload: { ...task, ...agent, event: 'UserAccepted', taskInformation: chosen } },
      {
        webhook: 'task',
        payload: {
          ...task,
          ...agent,
          event: 'TaskTerminated',
          terminated: secondsBefore(now, 1),
          taskInformation: chosen,
        },
      },
    ],
    expected: [
      {
        vendor: 'crm',
        method: 'PATCH',
        path: '/api/data/v9.2/phonecalls',
        body: {
          subject: `${task.serviceDisplayName}, handled by mia.keller@contoso.example`,
          description: 'Language: de',
          phonenumber: '+441632960123',
          directioncode: false,
          'regardingobjectid_contact_phonecall@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000001)',
        },
      },
    ],
  };
}

function missedCall(now: Date, taskId: string): Story {
  const name = `IT Helpdesk ${taskId.slice(0, 8)}`;
  const caller = `Jo Park ${taskId.slice(0, 8)}`;
  const task = {
    taskId,
    direction: 'Inbound',
    modality: 'Audio',
    created: secondsBefore(now, 85),
    callerTelNumber: '+441632960155',
    isAnonymous: false,
    serviceDisplayName: name,
    serviceUPN: 'helpdesk@contoso.example',
    serviceTelNumber: '+442079460100',
    taskInformation: { customer: { displayName: caller }, customContextParameters: [], preferredUsers: [] },
  };
  return {
    title: 'A missed call',
    events: [
      { webhook: 'task', payload: { ...task, event: 'Created' } },
      { webhook: 'task', payload: { ...task, event: 'SystemAccepted' } },
      { webhook: 'task', payload: { ...task, event: 'TaskTerminated', terminated: secondsBefore(now, 1) } },
    ],
    expected: [
      {
        vendor: 'crm',
        method: 'PATCH',
        path: '/api/data/v9.2/tasks',
        body: {
          subject: 'Call back Jo Park',
          description: `Missed by ${name} at ${task.created}`,
          'regardingobjectid_contact_task@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000003)',
        },
      },
      {
        vendor: 'acd',
        method: 'POST',
        path: '/rest/v1.0/7/acd/events/create',
        body: {
          AcdEventTypesID: 3,
          AcdGroupsID: 45,
          Sender: '441632960155',
          Receiver: '442079460100',
          Subject: `Missed call at ${name}`,
        },
      },
      {
        vendor: 'lucs',
        method: 'POST',
        path: '/v1.0/tasks',
        body: { Service: '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f', Caller: caller, DistributeToAgent: true },
      },
    ],
  };
}

function limitReached(now: Date, schedulerEntryId: string): Story {
  const referenceId = `CAMP-${schedulerEntryId.slice(0, 8)}`;
  const entry = {
    schedulerEntryId,
    direction: 'Outbound',
    modality: 'Audio',
    ReferenceId: referenceId,
    destination: '+441632960188',
    distributionPriority: 'Normal',
    dueDateTimeUtc: secondsBefore(now, 600),
    serviceUpn: 'sales@contoso.example',
    maxAttempts: 3,
    attemptTimeoutInSeconds: 120,
    maxQueueTimeInSeconds: 300,
    ronaTimeoutInSeconds: 20,
    customCallContextParameters: [{ name: 'Campaign', value: 'Spring' }],
    customer: { firstName: 'Ada', lastName: 'Moss', primaryTelNumber: '+441632960188' },
  };
  return {
    title: 'A scheduled outbound call that ends "Limit Reached"',
    events: [
      { webhook: 'schedulerEntry', payload: { ...entry, event: 'Created' } },
      { webhook: 'schedulerEntry', payload: { ...entry, event: 'InProgress', unifiedConversationId: randomUUID() } },
      { webhook: 'schedulerEntry', payload: { ...entry, event: 'Completed', completionReason: 'Limit Reached' } },
    ],
    expected: [
      {
        vendor: 'crm',
        method: 'PATCH',
        path: '/api/data/v9.2/phonecalls',
        body: {
          subject: 'Scheduled call ended Limit Reached',
          description: `Reference ${referenceId}, at most 3 attempts`,
          phonenumber: '+441632960188',
          directioncode: true,
          'regardingobjectid_contact_phonecall@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000002)',
        },
      },
      {
        vendor: 'acd',
        method: 'POST',
        path: '/rest/v1.0/7/acd/events/create',
        body: {
          AcdEventTypesID: 3,
          AcdGroupsID: 45,
          Sender: '441632960188',
          Subject: `Scheduled call was not made in time, reference ${referenceId}`,
          nPriority: 80,
        },
      },
    ],
  };
}

function secondsBefore(now: Date, seconds: number): string {
  return new Date(now.getTime() - seconds * 1000).toISOString();
}
