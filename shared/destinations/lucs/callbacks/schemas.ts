import * as z from '../../../zod.ts';
import { text, whole } from '../common/answer-fields.ts';
import { externalTaskId, line, partyAddress, sipAddress, webAddress } from '../common/argument-fields.ts';

/** `AgentTaskPriorityType`, from "always ahead of all others" to "only when nobody else waits". */
export const callbackPriority = z.enum([
  'StrictPriority',
  'Highest',
  'VeryHigh',
  'High',
  'Normal',
  'Low',
  'VeryLow',
  'Lowest',
  'NothingElse',
]);

export const MAX_DESCRIPTION_LENGTH = 150;

const count = z.int32().check(z.nonnegative());
const optionalGuid = z.optional(z.guid());
const isoTime = z.optional(z.iso.datetime());

/**
 * `CreateCallbackDto`. Left out are `IncomingServiceSipUri` and `Supervisor`, which LUCS keeps for its own parts. LUCS takes
 * `ServiceSip` when `ServiceId` is not valid, so that a slip could book the call on another service: just one is sent.
 */
export const createCallbackBody = z
  .strictObject({
    Target: partyAddress,
    AlternativeTarget: z.optional(partyAddress),
    MaxRetries: z.optional(count),
    SecondsBetweenRetries: count,
    ServiceId: optionalGuid,
    ServiceSip: z.optional(sipAddress),
    Priority: callbackPriority,
    ContextUrl: z.optional(webAddress),
    DueDate: z.optional(z.string().check(z.regex(/^\d{2}\.\d{2}\.\d{4} \d{2}:\d{2}:\d{2}$/))),
    Description: z.optional(line(MAX_DESCRIPTION_LENGTH)),
    ExternalTaskId: externalTaskId,
    CallerId: z.optional(line(128)),
  })
  .check(
    z.refine(
      ({ ServiceId, ServiceSip }) => (ServiceId === undefined) !== (ServiceSip === undefined),
      'expected either ServiceId or ServiceSip',
    ),
  );

export type CreateCallbackBody = z.infer<typeof createCallbackBody>;

/** `SearchCallbackRequest`. Every field narrows the search; without any, all callbacks are found. */
export const searchCallbacksBody = z.strictObject({
  Target: z.optional(partyAddress),
  ServiceId: optionalGuid,
  ServiceSip: z.optional(sipAddress),
  State: z.optional(line(32)),
  AppPoolId: optionalGuid,
  StartDate: isoTime,
  EndDate: isoTime,
  ExternalTaskId: z.optional(line(256)),
  CallerId: z.optional(line(128)),
  Limit: z.optional(z.int32().check(z.positive())),
  Offset: z.optional(count),
  OrderBy: z.optional(line(64)),
  SortOrder: z.optional(z.enum(['Ascending', 'Descending'])),
});

export type SearchCallbacksBody = z.infer<typeof searchCallbacksBody>;

/** `CallbackDto`. `LeftInQueueTimeInSeconds` stays unread: what it means is not clear. */
export const lucsCallbackSchema = z.looseObject({
  Id: z.string(),
  Creator: text,
  Initiator: text,
  State: text,
  RetryCount: whole,
  MaxRetries: whole,
  SecondsBetweenRetries: whole,
  Target: text,
  AlternativeTarget: text,
  ServiceId: text,
  ServiceSip: text,
  Priority: text,
  DueDate: text,
  Description: text,
  ExternalTaskId: text,
  CallerId: text,
});

export type LucsCallback = z.infer<typeof lucsCallbackSchema>;
