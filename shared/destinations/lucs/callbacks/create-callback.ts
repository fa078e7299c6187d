import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { LucsClient } from '../client.ts';
import { callTarget, externalTaskId, instant, line, sipAddress, webAddress } from '../common/argument-fields.ts';
import { isTerminated } from '../common/state.ts';
import { readLucsDate, writeLucsDate } from '../dates.ts';
import { fitDescription } from './description.ts';
import { callbackResult } from './result.ts';
import { callbackPriority, type LucsCallback, MAX_DESCRIPTION_LENGTH } from './schemas.ts';

/**
 * How much earlier than a delivery's first attempt a callback of it may seem made: the clock of LUCS may be slow, and
 * the age of a delivery does not grow while a call of it is repeated at once.
 */
const SEEMS_EARLIER_BY_MS = 15 * 60_000;

const count = z.int32().check(z.nonnegative());

const createCallbackArguments = z
  .strictObject({
    target: callTarget.check(
      z.describe('Whom to call: sip:user@domain, or tel: and a phone number with + and country code.'),
    ),
    alternativeTarget: z.optional(
      callTarget.check(z.describe('Replaces target, for numbers that callers typed themselves; leave it out.')),
    ),
    serviceId: z.optional(z.guid().check(z.describe('Id of the LUCS service that calls; or give serviceSip.'))),
    serviceSip: z.optional(
      sipAddress.check(z.describe('Address of the LUCS service that calls, in place of serviceId.')),
    ),
    secondsBetweenRetries: count.check(z.describe('Least time between two tries to reach the target.')),
    maxRetries: z.optional(
      count.check(z.describe('How often an unsuccessful call is tried again; by default LUCS decides.')),
    ),
    priority: z._default(callbackPriority, 'Normal').check(z.describe('Place in the queue; by default Normal.')),
    dueDate: z.optional(
      instant.check(z.describe('When to call at the earliest: ISO 8601 with a time zone; by default at once.')),
    ),
    description: z.optional(
      line(4_000).check(
        z.describe('What the agent sees: 150 characters; LUCS_LONG_DESCRIPTION says what becomes of longer ones.'),
      ),
    ),
    externalTaskId: z.optional(
      externalTaskId.check(
        z.describe('Your own key of the callback, unique per callback; by default one made from the delivery.'),
      ),
    ),
    contextUrl: z.optional(
      webAddress.check(z.describe('Reserved by LUCS for a page that opens for the agent; not used yet.')),
    ),
    callerId: z.optional(line(128).check(z.describe('Reserved by LUCS to tell calling systems apart.'))),
  })
  .check(
    z.refine(({ serviceId, serviceSip }) => serviceId === undefined || serviceSip === undefined, {
      error: 'Invalid input: expected serviceId or serviceSip, not both',
      path: ['serviceSip'],
    }),
    z.refine(({ serviceId, serviceSip }) => serviceId !== undefined || serviceSip !== undefined, {
      error: 'Invalid input: expected serviceId or serviceSip',
      path: ['serviceId'],
    }),
  );

type CreateCallbackArguments = z.output<typeof createCallbackArguments>;

/** "POST Callbacks" of the LUCS Control API. */
export const createCallback = defineStep({
  summary: 'Has an agent of a LUCS service call somebody, now or at a given time.',
  args: createCallbackArguments,
  repeatable: false,
  async run(client: LucsClient, args, { deliveryId }) {
    const description = fitDescription(args.description, client.longDescription);
    const created = await client.createCallback({
      Target: args.target,
      AlternativeTarget: args.alternativeTarget,
      MaxRetries: args.maxRetries,
      SecondsBetweenRetries: args.secondsBetweenRetries,
      ServiceId: args.serviceId,
      ServiceSip: args.serviceSip,
      Priority: args.priority,
      ContextUrl: args.contextUrl,
      DueDate: args.dueDate && writeLucsDate(args.dueDate),
      Description: description.text,
      ExternalTaskId: args.externalTaskId ?? deliveryId,
      CallerId: args.callerId,
    });
    return createdResult(created, description.isCut);
  },
  /** By search: its list is empty when there is none, where "GET Callback" answers 500, as it may for a fault. */
  async findExisting(client, args, { deliveryId, ageMs }) {
    const externalTaskId = args.externalTaskId ?? deliveryId;
    const callbacks = await client.searchCallbacks({ ExternalTaskId: externalTaskId });
    const notBeforeMs = client.clock() - ageMs - SEEMS_EARLIER_BY_MS;
    const existing = callbacks.find(
      (callback) =>
        callback.ExternalTaskId === externalTaskId &&
        (args.externalTaskId === undefined || isSameCall(callback, args, notBeforeMs)),
    );
    return existing && createdResult(existing, fitDescription(args.description, client.longDescription).isCut);
  },
  remembered: true,
});

function createdResult(callback: LucsCallback, descriptionCut: boolean) {
  const warnings = [`description cut to ${MAX_DESCRIPTION_LENGTH} characters`];
  return { ...callbackResult(callback), ...(descriptionCut && { descriptionCut, warnings }) };
}

/**
 * A key that the route chose may stand on several callbacks; what a callback shows of itself tells them apart. One that
 * has ended, or was made before this delivery, is an earlier one. LUCS does not say when it was made, but takes that
 * moment for the due date where none is given, as a published sample suggests.
 */
function isSameCall(callback: LucsCallback, args: CreateCallbackArguments, notBeforeMs: number): boolean {
  const target = callback.Target?.replaceAll(' ', '').toLowerCase();
  const asked = [args.target, args.alternativeTarget].map((address) => address?.toLowerCase());
  return (
    !isTerminated(callback) && (target === undefined || asked.includes(target)) && isDue(callback, args, notBeforeMs)
  );
}

function isDue(callback: LucsCallback, { dueDate }: CreateCallbackArguments, notBeforeMs: number): boolean {
  const due = readLucsDate(callback.DueDate ?? '');
  if (due === undefined) return true;
  return dueDate === undefined ? Date.parse(due) >= notBeforeMs : due.slice(0, 19) === dueDate.slice(0, 19);
}
