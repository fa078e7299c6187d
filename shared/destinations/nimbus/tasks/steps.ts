import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { NimbusClient } from '../client.ts';
import { filled } from '../common/argument-fields.ts';
import { customerArgument, givenOf, toCustomerBody, unlessEmpty } from '../common/customer.ts';
import { contextParameters, preferredUsers } from '../common/task-arguments.ts';

/** "UpdateTask". A task whose route found nothing to say is left alone, without a call. */
const updateTask = defineStep({
  summary: 'Shows customer details, parameters or preferred users at a running Nimbus task; sends only what is given.',
  args: z.strictObject({
    taskId: filled.check(z.describe('Id of the task, as its events have it.')),
    customer: customerArgument,
    contextParameters,
    preferredUsers,
  }),
  repeatable: true,
  async run(client: NimbusClient, args) {
    const information = givenOf({
      customer: toCustomerBody(args.customer),
      customContextParameters: unlessEmpty(args.contextParameters),
      preferredUsers: unlessEmpty(args.preferredUsers),
    });
    if (information === undefined) return { updated: false };
    await client.updateTask(args.taskId, information);
    return { updated: true };
  },
});

export const taskSteps = { 'nimbus.updateTask': updateTask };
