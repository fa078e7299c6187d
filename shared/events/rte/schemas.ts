/** Written by infra/tools/write-rte-schemas.ts from rte-events.json: change that file, not this one. */
import * as z from '../../zod.ts';
import type { RteEventDefinition } from './event-definition.ts';
import { anything, dateTime, flag, guid, integer, long, requiredGuid, text } from './field-types.ts';

export const queueAttachedUserSchema = z.looseObject({ active: flag, priority: integer, userId: guid });
export type QueueAttachedUser = z.infer<typeof queueAttachedUserSchema>;

export const callbackAttemptSchema = z.looseObject({
  callbackAttemptTypeId: integer,
  id: guid,
  note: text,
  timestamp: dateTime,
  userId: guid,
});
export type CallbackAttempt = z.infer<typeof callbackAttemptSchema>;

export const callbackExtraSchema = z.looseObject({ id: integer, name: text, value: text });
export type CallbackExtra = z.infer<typeof callbackExtraSchema>;

export const callbackRelatedItemSchema = z.looseObject({
  id: guid,
  isClosed: flag,
  callListId: guid,
  statusId: integer,
});
export type CallbackRelatedItem = z.infer<typeof callbackRelatedItemSchema>;

export const userActionMobileCallSchema = z.looseObject({
  organizationId: guid,
  phoneNumber: text,
  userId: requiredGuid,
  eventType: anything,
});
export type UserActionMobileCall = z.infer<typeof userActionMobileCallSchema>;

export const userAlertSchema = z.looseObject({
  alertId: guid,
  conditionExpression: text,
  conditionName: text,
  conditionValue: text,
  organizationId: guid,
  userId: requiredGuid,
  value: text,
  eventType: anything,
});
export type UserAlert = z.infer<typeof userAlertSchema>;

export const userAssistedCallbackRequestSchema = z.looseObject({
  callBackId: requiredGuid,
  callbackRelatedItems: z.optional(z.array(callbackRelatedItemSchema)),
  callEvent: text,
  callId: guid,
  callListId: guid,
  callType: text,
  contactNumber: text,
  organizationId: guid,
  targetUser: guid,
  eventType: anything,
});
export type UserAssistedCallbackRequest = z.infer<typeof userAssistedCallbackRequestSchema>;

export const userAvailabilitySchema = z.looseObject({
  availability: text,
  endTime: dateTime,
  eventSource: text,
  note: text,
  organizationId: guid,
  profileId: guid,
  startTime: dateTime,
  userId: requiredGuid,
  userName: text,
  eventType: anything,
});
export type UserAvailability = z.infer<typeof userAvailabilitySchema>;

export const userCallbackChangedSchema = z.looseObject({
  assignedUserId: guid,
  calculatedPriority: text,
  callbackAttempts: z.optional(z.array(callbackAttemptSchema)),
  callbackExtras: z.optional(z.array(callbackExtraSchema)),
  callBackId: requiredGuid,
  callbackRelatedItems: z.optional(z.array(callbackRelatedItemSchema)),
  callId: guid,
  callListId: guid,
  channelIn: text,
  classificationId: guid,
  contactMessage: text,
  contactName: text,
  contactNumber: text,
  creationTime: dateTime,
  dueDate: dateTime,
  expiryDate: dateTime,
  lastAttemptNote: text,
  lastAttemptTimestamp: dateTime,
  lastAttemptTypeId: integer,
  lastAttemptUserId: guid,
  lastModifiedUserId: guid,
  modified: dateTime,
  notBefore: dateTime,
  note: text,
  organizationId: guid,
  recordingId: guid,
  targetUser: guid,
  transcriptId: guid,
  typeId: integer,
  eventType: anything,
});
export type UserCallbackChanged = z.infer<typeof userCallbackChangedSchema>;

export const userCallInArrivedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInArrived = z.infer<typeof userCallInArrivedSchema>;

export const userCallInComingSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInComing = z.infer<typeof userCallInComingSchema>;

export const userCallInDisconnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  reason: text,
  targetNumber: text,
  techReason: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInDisconnected = z.infer<typeof userCallInDisconnectedSchema>;

export const userCallInOverflowSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  connectedTarget: text,
  legId: text,
  organizationId: guid,
  overflowApplet: text,
  targetNumber: text,
  techEvent: text,
  techNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInOverflow = z.infer<typeof userCallInOverflowSchema>;

export const userCallInTransferCancelledSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  reason: text,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInTransferCancelled = z.infer<typeof userCallInTransferCancelledSchema>;

export const userCallInTransferConnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  connectedTarget: text,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  transferSource: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInTransferConnected = z.infer<typeof userCallInTransferConnectedSchema>;

export const userCallInTransferStartedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  transferSource: text,
  transferTarget: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInTransferStarted = z.infer<typeof userCallInTransferStartedSchema>;

export const userCallInUserAllocatedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  userNumber: text,
  eventType: anything,
});
export type UserCallInUserAllocated = z.infer<typeof userCallInUserAllocatedSchema>;

export const userCallInUserCancelledSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  reason: text,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInUserCancelled = z.infer<typeof userCallInUserCancelledSchema>;

export const userCallInUserConnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  userNumber: text,
  eventType: anything,
});
export type UserCallInUserConnected = z.infer<typeof userCallInUserConnectedSchema>;

export const userCallInUserOverflowSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  reason: text,
  target: text,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallInUserOverflow = z.infer<typeof userCallInUserOverflowSchema>;

export const userCallOutConnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallOutConnected = z.infer<typeof userCallOutConnectedSchema>;

export const userCallOutDisconnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  reason: text,
  targetNumber: text,
  techReason: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallOutDisconnected = z.infer<typeof userCallOutDisconnectedSchema>;

export const userCallOutGoingSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type UserCallOutGoing = z.infer<typeof userCallOutGoingSchema>;

export const userConfigurationSetNextCLISchema = z.looseObject({
  number: text,
  organizationId: guid,
  permanent: flag,
  timeToLive: integer,
  userId: requiredGuid,
  eventType: anything,
});
export type UserConfigurationSetNextCLI = z.infer<typeof userConfigurationSetNextCLISchema>;

export const userMissedCallNotificationSchema = z.looseObject({
  callerName: text,
  callerNumber: text,
  callId: guid,
  eventType: anything,
});
export type UserMissedCallNotification = z.infer<typeof userMissedCallNotificationSchema>;

export const userQueueAlertSchema = z.looseObject({ queueId: requiredGuid, queueName: text, eventType: anything });
export type UserQueueAlert = z.infer<typeof userQueueAlertSchema>;

export const userStatusSchema = z.looseObject({
  activeQueues: integer,
  available: flag,
  canBeAllocatedTo: flag,
  organizationId: guid,
  parkedCalls: integer,
  schedule: flag,
  serviceTerminals: integer,
  serving: flag,
  servingCallback: flag,
  talking: flag,
  userId: requiredGuid,
  wrapUpEnd: dateTime,
  eventType: anything,
});
export type UserStatus = z.infer<typeof userStatusSchema>;

export const userVoiceMailNotificationSchema = z.looseObject({
  calledNumber: text,
  callId: guid,
  emailTranscript: flag,
  eventType: anything,
});
export type UserVoiceMailNotification = z.infer<typeof userVoiceMailNotificationSchema>;

export const queueAttachedUsersSchema = z.looseObject({
  attachedUsers: z.optional(z.array(queueAttachedUserSchema)),
  organizationId: guid,
  queueId: requiredGuid,
  eventType: anything,
});
export type QueueAttachedUsers = z.infer<typeof queueAttachedUsersSchema>;

export const queueCallInArrivedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  queueNumber: text,
  targetNumber: text,
  eventType: anything,
});
export type QueueCallInArrived = z.infer<typeof queueCallInArrivedSchema>;

export const queueCallInComingSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  queueNumber: text,
  targetNumber: text,
  eventType: anything,
});
export type QueueCallInComing = z.infer<typeof queueCallInComingSchema>;

export const queueCallInDisconnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  reason: text,
  targetNumber: text,
  techReason: text,
  eventType: anything,
});
export type QueueCallInDisconnected = z.infer<typeof queueCallInDisconnectedSchema>;

export const queueCallInOverflowSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  overflowApplet: text,
  queueId: guid,
  queueName: text,
  targetNumber: text,
  techEvent: text,
  techNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  eventType: anything,
});
export type QueueCallInOverflow = z.infer<typeof queueCallInOverflowSchema>;

export const queueCallInTransferCancelledSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  reason: text,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  eventType: anything,
});
export type QueueCallInTransferCancelled = z.infer<typeof queueCallInTransferCancelledSchema>;

export const queueCallInTransferConnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  connectedTarget: text,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  eventType: anything,
});
export type QueueCallInTransferConnected = z.infer<typeof queueCallInTransferConnectedSchema>;

export const queueCallInTransferStartedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  targetNumber: text,
  techQueueId: guid,
  techQueueName: text,
  techSource: text,
  transferApplet: text,
  transferSource: text,
  transferTarget: text,
  eventType: anything,
});
export type QueueCallInTransferStarted = z.infer<typeof queueCallInTransferStartedSchema>;

export const queueCallInUserAllocatedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  queueNumber: text,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type QueueCallInUserAllocated = z.infer<typeof queueCallInUserAllocatedSchema>;

export const queueCallInUserCancelledSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  detailedReason: text,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  queueNumber: text,
  reason: text,
  targetNumber: text,
  userId: guid,
  userName: text,
  eventType: anything,
});
export type QueueCallInUserCancelled = z.infer<typeof queueCallInUserCancelledSchema>;

export const queueCallInUserConnectedSchema = z.looseObject({
  callerNumber: text,
  callId: requiredGuid,
  legId: text,
  organizationId: guid,
  queueId: guid,
  queueName: text,
  queueNumber: text,
  targetNumber: text,
  userId: guid,
  userName: text,
  userNumber: text,
  eventType: anything,
});
export type QueueCallInUserConnected = z.infer<typeof queueCallInUserConnectedSchema>;

export const queueStatusSchema = z.looseObject({
  maxWaitTime: long,
  nbrOfAgentsCheckedInQueue: integer,
  nbrOfAgentsImmediatelyFree: integer,
  nbrOfAgentsLongTermAway: integer,
  nbrOfAgentsOnWrapUp: integer,
  nbrOfAgentsShortTermAway: integer,
  nbrOfAllocated: integer,
  nbrOfConnected: integer,
  nbrOfNotServedRequesters: integer,
  nbrOfProviders: integer,
  nbrOfQueuingRequesters: integer,
  nbrOfRequesters: integer,
  nbrOfServingAgentsEstimate: integer,
  openStatus: integer,
  organizationId: guid,
  queueId: requiredGuid,
  queueName: text,
  eventType: anything,
});
export type QueueStatus = z.infer<typeof queueStatusSchema>;

export const callbackChangedSchema = z.looseObject({
  assignedUserId: guid,
  calculatedPriority: text,
  callbackAttempts: z.optional(z.array(callbackAttemptSchema)),
  callbackExtras: z.optional(z.array(callbackExtraSchema)),
  callBackId: requiredGuid,
  callbackRelatedItems: z.optional(z.array(callbackRelatedItemSchema)),
  callId: guid,
  callListId: guid,
  channelIn: text,
  classificationId: guid,
  contactMessage: text,
  contactName: text,
  contactNumber: text,
  creationTime: dateTime,
  dueDate: dateTime,
  expiryDate: dateTime,
  lastAttemptNote: text,
  lastAttemptTimestamp: dateTime,
  lastAttemptTypeId: integer,
  lastAttemptUserId: guid,
  lastModifiedUserId: guid,
  modified: dateTime,
  notBefore: dateTime,
  note: text,
  organizationId: guid,
  recordingId: guid,
  transcriptId: guid,
  typeId: integer,
  eventType: anything,
});
export type CallbackChanged = z.infer<typeof callbackChangedSchema>;

export const callbackListStatusSchema = z.looseObject({
  callListId: requiredGuid,
  expiresIn24h: integer,
  isAutoAllocate: flag,
  nextHourOverDueDate: integer,
  nextHourRevealedNotBefore: integer,
  organizationId: guid,
  totalActiveAgents: integer,
  totalAssigned: integer,
  totalAutoAllocateAgents: integer,
  totalFreeForAllocation: integer,
  totalHidingNotBefore: integer,
  totalOpenRequests: integer,
  totalOverDueDate: integer,
  totalServingAgents: integer,
  totalServingAutoAllocateAgents: integer,
  eventType: anything,
});
export type CallbackListStatus = z.infer<typeof callbackListStatusSchema>;

export const callbackRequestNotificationSchema = z.looseObject({
  calledNumber: text,
  callerNumber: text,
  callId: guid,
  callBackId: requiredGuid,
  contactMessage: text,
  emailAttach: flag,
  emailTo: text,
  emailTranscript: flag,
  callListId: guid,
  recordingId: guid,
  rUser: guid,
  smsTo: text,
  eventType: anything,
});
export type CallbackRequestNotification = z.infer<typeof callbackRequestNotificationSchema>;

export const callbackRequestReceivedNotificationSchema = z.looseObject({
  calledNumber: text,
  callerNumber: text,
  callId: guid,
  callBackId: requiredGuid,
  callListId: guid,
  rUser: guid,
  eventType: anything,
});
export type CallbackRequestReceivedNotification = z.infer<typeof callbackRequestReceivedNotificationSchema>;

export const callListNotificationSchema = z.looseObject({
  assignedUserId: guid,
  callBackId: requiredGuid,
  contactMessage: text,
  contactName: text,
  contactNumber: text,
  callListId: guid,
  eventType: anything,
});
export type CallListNotification = z.infer<typeof callListNotificationSchema>;

/** Every documented event. */
export const rteEvents: readonly RteEventDefinition[] = [
  {
    name: 'UserActionMobileCall',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'userId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userActionMobileCallSchema,
  },
  {
    name: 'UserAlert',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'userId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userAlertSchema,
  },
  {
    name: 'UserAssistedCallbackRequest',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callBackId',
    entityIdField: 'targetUser',
    versionField: undefined,
    schema: userAssistedCallbackRequestSchema,
  },
  {
    name: 'UserAvailability',
    entity: 'user',
    kind: 'snapshot',
    orderingKey: 'userId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userAvailabilitySchema,
  },
  {
    name: 'UserCallbackChanged',
    entity: 'user',
    kind: 'snapshot',
    orderingKey: 'callBackId',
    entityIdField: 'targetUser',
    versionField: 'modified',
    schema: userCallbackChangedSchema,
  },
  {
    name: 'UserCallInArrived',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInArrivedSchema,
  },
  {
    name: 'UserCallInComing',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInComingSchema,
  },
  {
    name: 'UserCallInDisconnected',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInDisconnectedSchema,
  },
  {
    name: 'UserCallInOverflow',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInOverflowSchema,
  },
  {
    name: 'UserCallInTransferCancelled',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInTransferCancelledSchema,
  },
  {
    name: 'UserCallInTransferConnected',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInTransferConnectedSchema,
  },
  {
    name: 'UserCallInTransferStarted',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInTransferStartedSchema,
  },
  {
    name: 'UserCallInUserAllocated',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInUserAllocatedSchema,
  },
  {
    name: 'UserCallInUserCancelled',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInUserCancelledSchema,
  },
  {
    name: 'UserCallInUserConnected',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInUserConnectedSchema,
  },
  {
    name: 'UserCallInUserOverflow',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallInUserOverflowSchema,
  },
  {
    name: 'UserCallOutConnected',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallOutConnectedSchema,
  },
  {
    name: 'UserCallOutDisconnected',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallOutDisconnectedSchema,
  },
  {
    name: 'UserCallOutGoing',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userCallOutGoingSchema,
  },
  {
    name: 'UserConfigurationSetNextCLI',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'userId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userConfigurationSetNextCLISchema,
  },
  {
    name: 'UserMissedCallNotification',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: undefined,
    versionField: undefined,
    schema: userMissedCallNotificationSchema,
  },
  {
    name: 'UserQueueAlert',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'queueId',
    entityIdField: undefined,
    versionField: undefined,
    schema: userQueueAlertSchema,
  },
  {
    name: 'UserStatus',
    entity: 'user',
    kind: 'snapshot',
    orderingKey: 'userId',
    entityIdField: 'userId',
    versionField: undefined,
    schema: userStatusSchema,
  },
  {
    name: 'UserVoiceMailNotification',
    entity: 'user',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: undefined,
    versionField: undefined,
    schema: userVoiceMailNotificationSchema,
  },
  {
    name: 'QueueAttachedUsers',
    entity: 'queue',
    kind: 'snapshot',
    orderingKey: 'queueId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueAttachedUsersSchema,
  },
  {
    name: 'QueueCallInArrived',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInArrivedSchema,
  },
  {
    name: 'QueueCallInComing',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInComingSchema,
  },
  {
    name: 'QueueCallInDisconnected',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInDisconnectedSchema,
  },
  {
    name: 'QueueCallInOverflow',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInOverflowSchema,
  },
  {
    name: 'QueueCallInTransferCancelled',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInTransferCancelledSchema,
  },
  {
    name: 'QueueCallInTransferConnected',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInTransferConnectedSchema,
  },
  {
    name: 'QueueCallInTransferStarted',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInTransferStartedSchema,
  },
  {
    name: 'QueueCallInUserAllocated',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInUserAllocatedSchema,
  },
  {
    name: 'QueueCallInUserCancelled',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInUserCancelledSchema,
  },
  {
    name: 'QueueCallInUserConnected',
    entity: 'queue',
    kind: 'occurrence',
    orderingKey: 'callId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueCallInUserConnectedSchema,
  },
  {
    name: 'QueueStatus',
    entity: 'queue',
    kind: 'snapshot',
    orderingKey: 'queueId',
    entityIdField: 'queueId',
    versionField: undefined,
    schema: queueStatusSchema,
  },
  {
    name: 'CallbackChanged',
    entity: 'callList',
    kind: 'snapshot',
    orderingKey: 'callBackId',
    entityIdField: 'callListId',
    versionField: 'modified',
    schema: callbackChangedSchema,
  },
  {
    name: 'CallbackListStatus',
    entity: 'callList',
    kind: 'snapshot',
    orderingKey: 'callListId',
    entityIdField: 'callListId',
    versionField: undefined,
    schema: callbackListStatusSchema,
  },
  {
    name: 'CallbackRequestNotification',
    entity: 'callList',
    kind: 'occurrence',
    orderingKey: 'callBackId',
    entityIdField: 'callListId',
    versionField: undefined,
    schema: callbackRequestNotificationSchema,
  },
  {
    name: 'CallbackRequestReceivedNotification',
    entity: 'callList',
    kind: 'occurrence',
    orderingKey: 'callBackId',
    entityIdField: 'callListId',
    versionField: undefined,
    schema: callbackRequestReceivedNotificationSchema,
  },
  {
    name: 'CallListNotification',
    entity: 'callList',
    kind: 'occurrence',
    orderingKey: 'callBackId',
    entityIdField: 'callListId',
    versionField: undefined,
    schema: callListNotificationSchema,
  },
];

/** Other names of fields, in lower case, and the name that events carry. */
export const rteSynonyms: Readonly<Record<string, string>> = {
  cbrid: 'callBackId',
  listid: 'callListId',
  techtype: 'techSource',
};
