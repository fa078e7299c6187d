import type { EntityKind } from './directory.ts';
import type { DataFields } from './message-data.ts';

/** One event of a story. Ids of calls and requests come from the story, so that its events belong together. */
export interface StoryStep {
  readonly event: string;
  readonly about: EntityKind;
  readonly data?: DataFields;
}

const queue = (event: string, data?: DataFields): StoryStep => step(event, 'queue', data);
const user = (event: string, data?: DataFields): StoryStep => step(event, 'user', data);
const callList = (event: string, data?: DataFields): StoryStep => step(event, 'callList', data);

const arrivesInQueue = [
  queue('QueueCallInComing'),
  queue('QueueCallInArrived'),
  queue('QueueStatus', { nbrOfQueuingRequesters: 1 }),
];
const ringsAtUser = [user('UserCallInComing'), user('UserCallInArrived'), user('UserCallInUserAllocated')];

/** What typically happens, in its order (built from the events' names and texts; the vendor publishes no sequences). */
export const stories = {
  queueCallAnswered: [
    ...arrivesInQueue,
    queue('QueueCallInUserAllocated'),
    queue('QueueCallInUserConnected'),
    queue('QueueStatus', { nbrOfQueuingRequesters: 0, nbrOfConnected: 1 }),
    queue('QueueCallInDisconnected'),
    queue('QueueStatus', { nbrOfQueuingRequesters: 0, nbrOfConnected: 0 }),
  ],
  agentDoesNotAnswer: [
    ...arrivesInQueue,
    queue('QueueCallInUserAllocated'),
    queue('QueueCallInUserCancelled'),
    queue('QueueCallInUserAllocated', { detailedReason: 'next agent' }),
    queue('QueueCallInUserConnected'),
    queue('QueueCallInDisconnected'),
  ],
  queueOverflow: [
    ...arrivesInQueue,
    queue('QueueCallInOverflow'),
    queue('QueueCallInTransferStarted'),
    queue('QueueCallInTransferCancelled'),
    queue('QueueCallInTransferStarted'),
    queue('QueueCallInTransferConnected'),
    queue('QueueCallInDisconnected'),
  ],
  callerGivesUp: [
    ...arrivesInQueue,
    queue('QueueCallInDisconnected', { reason: 'remote' }),
    callList('CallbackRequestNotification'),
    callList('CallbackRequestReceivedNotification'),
    callList('CallbackChanged', { typeId: 2 }),
    callList('CallbackListStatus'),
  ],
  directCallAnswered: [
    ...ringsAtUser,
    user('UserStatus', { talking: true }),
    user('UserCallInUserConnected'),
    user('UserCallInDisconnected'),
    user('UserStatus', { talking: false }),
  ],
  directCallRefused: [
    ...ringsAtUser,
    user('UserCallInUserCancelled'),
    user('UserCallInUserOverflow', { reason: 'NoAnswer' }),
    user('UserCallInOverflow'),
    user('UserCallInTransferStarted'),
    user('UserCallInTransferCancelled'),
    user('UserCallInTransferStarted'),
    user('UserCallInTransferConnected'),
    user('UserCallInDisconnected'),
    user('UserMissedCallNotification'),
    user('UserVoiceMailNotification'),
  ],
  outboundCall: [user('UserCallOutGoing'), user('UserCallOutConnected'), user('UserCallOutDisconnected')],
  availabilityChanged: [
    user('UserAvailability', { availability: 'DoNotDisturb' }),
    user('UserStatus', { available: false, canBeAllocatedTo: false }),
    user('UserAvailability', { availability: 'Available' }),
    user('UserStatus', { available: true, canBeAllocatedTo: true }),
  ],
  listEntryAdded: [
    callList('CallListNotification'),
    callList('CallbackChanged', { typeId: 3 }),
    callList('CallbackListStatus'),
  ],
  callbackHandled: [
    user('UserAssistedCallbackRequest'),
    user('UserCallbackChanged'),
    callList('CallbackChanged'),
    callList('CallbackListStatus'),
  ],
  alerts: [user('UserAlert', { value: '7' }), user('UserQueueAlert')],
  commands: [user('UserActionMobileCall'), user('UserConfigurationSetNextCLI', { timeToLive: 60 })],
  queueStaffing: [queue('QueueAttachedUsers'), user('UserStatus', { activeQueues: 2 }), queue('QueueStatus')],
} as const satisfies Readonly<Record<string, readonly StoryStep[]>>;

export type StoryName = keyof typeof stories;

/** True for the name of a story. */
export function isStoryName(name: string): name is StoryName {
  return Object.hasOwn(stories, name);
}

function step(event: string, about: EntityKind, data?: DataFields): StoryStep {
  return data === undefined ? { event, about } : { event, about, data };
}
