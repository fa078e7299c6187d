import { TransientError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep, type StepCall } from '../../step.ts';
import type { LucsClient } from '../client.ts';
import { callTarget, identifier, instant, line, sipAddress } from '../common/argument-fields.ts';
import { isTerminated } from '../common/state.ts';
import { refusalStatus } from '../connection.ts';
import { createCallback } from './create-callback.ts';
import { callbackResult } from './result.ts';

/** "POST Cancel Callback". */
const cancelCallback = defineStep({
  summary: 'Takes a LUCS callback back, as long as no agent is about to make the call.',
  args: z
    .strictObject({
      callbackId: z.optional(z.guid().check(z.describe('As lucs.createCallback gives it.'))),
      externalTaskId: z.optional(
        identifier(256).check(
          z.describe(
            'The key that it was made with, in place of callbackId; all callbacks with this key are cancelled.',
          ),
        ),
      ),
    })
    .check(
      z.refine(({ callbackId, externalTaskId }) => (callbackId === undefined) !== (externalTaskId === undefined), {
        error: 'Invalid input: expected either callbackId or externalTaskId',
        path: ['callbackId'],
      }),
    ),
  repeatable: true,
  async run(client: LucsClient, { callbackId, externalTaskId }, call) {
    const ids = [
      ...(callbackId === undefined ? [] : [callbackId]),
      ...(externalTaskId === undefined ? [] : await openCallbacks(client, externalTaskId, call)),
    ];
    const callbackIds: string[] = [];
    for (const id of ids) {
      if (await cancelled(client, id)) callbackIds.push(id);
    }
    return { callbackIds, alreadyGone: callbackIds.length === 0 };
  },
});

/** @throws TransientError while a callback is still being made for the same subject: it would outlive its cancellation */
async function openCallbacks(client: LucsClient, externalTaskId: string, { findCreated }: StepCall): Promise<string[]> {
  const callbacks = await client.searchCallbacks({ ExternalTaskId: externalTaskId });
  const matching = callbacks.filter((callback) => callback.ExternalTaskId === externalTaskId);
  if (matching.length === 0 && (await findCreated('lucs.createCallback'))?.kind === 'underway') {
    throw new TransientError('the LUCS callback is still being created', { retryAfterMs: 2_000 });
  }
  return matching.filter((callback) => !isTerminated(callback)).map(({ Id }) => Id);
}

/** @returns false when the callback had gone or ended before */
async function cancelled(client: LucsClient, callbackId: string): Promise<boolean> {
  try {
    return await client.cancelCallback(callbackId);
  } catch (error) {
    if (refusalStatus(error) !== 500 || !isTerminated(await client.getCallback(callbackId))) throw error;
    return false;
  }
}

const MAX_CALLBACKS = 50;

/** "POST Search Callbacks". */
const findCallbacks = defineStep({
  summary: 'Lists LUCS callbacks that fit everything that is given.',
  args: z
    .strictObject({
      externalTaskId: z.optional(line(256).check(z.describe('The key that they were made with.'))),
      target: z.optional(callTarget.check(z.describe('Whom they call: sip:user@domain or tel:+…'))),
      serviceId: z.optional(z.guid().check(z.describe('Id of the LUCS service that calls; or give serviceSip.'))),
      serviceSip: z.optional(sipAddress.check(z.describe('Address of the LUCS service that calls.'))),
      state: z.optional(
        z
          .string()
          .check(
            z.regex(/^[A-Za-z]{1,32}$/, 'Invalid state: expected a word such as Pending'),
            z.describe('Pending, InQueue, Processing or Terminated.'),
          ),
      ),
      startDate: z.optional(instant.check(z.describe('Not before: ISO 8601 with a time zone.'))),
      endDate: z.optional(instant.check(z.describe('Not after: ISO 8601 with a time zone.'))),
      callerId: z.optional(line(128)),
      limit: z
        ._default(z.int().check(z.gte(1), z.lte(MAX_CALLBACKS)), 20)
        .check(z.describe('How many at most; by default 20.')),
      offset: z.optional(z.int32().check(z.nonnegative(), z.describe('How many to pass over.'))),
      orderBy: z.optional(
        z
          .string()
          .check(
            z.regex(/^\w{1,64}$/, 'Invalid field: expected a name such as DueDate'),
            z.describe('Field to sort by, such as DueDate.'),
          ),
      ),
      sortOrder: z.optional(z.enum(['Ascending', 'Descending'])),
    })
    .check(
      z.refine(({ serviceId, serviceSip }) => serviceId === undefined || serviceSip === undefined, {
        error: 'Invalid input: expected serviceId or serviceSip, not both',
        path: ['serviceSip'],
      }),
    ),
  repeatable: true,
  async run(client: LucsClient, args) {
    const found = await client.searchCallbacks({
      ExternalTaskId: args.externalTaskId,
      Target: args.target,
      ServiceId: args.serviceId,
      ServiceSip: args.serviceSip,
      State: args.state,
      StartDate: args.startDate,
      EndDate: args.endDate,
      CallerId: args.callerId,
      Limit: args.limit,
      Offset: args.offset,
      OrderBy: args.orderBy,
      SortOrder: args.sortOrder,
    });
    const callbacks = found.slice(0, args.limit).map(callbackResult);
    return limitedResult({ callbacks }, 'these callbacks are too many to be handed on: give a smaller limit');
  },
});

export const callbackSteps = {
  'lucs.cancelCallback': cancelCallback,
  'lucs.createCallback': createCallback,
  'lucs.findCallbacks': findCallbacks,
};
