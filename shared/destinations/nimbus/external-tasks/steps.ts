import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { NimbusClient } from '../client.ts';
import { detail, filled, serviceUpn } from '../common/argument-fields.ts';
import { customerArgument, toCustomerBody, unlessEmpty } from '../common/customer.ts';
import { contextParameters, distributionPriority, preferredUsers } from '../common/task-arguments.ts';

/** "AddExternalTask". It takes no reference, so Nimbus can't be asked whether an earlier attempt got through. */
const addExternalTask = defineStep({
  summary: 'Puts an external task into the queue of a Nimbus service.',
  args: z.strictObject({
    serviceUpn,
    customerIdentifier: detail().check(z.describe('The customer in reports; without it the task is anonymous.')),
    customer: customerArgument,
    contextParameters,
    distributionPriority,
    preferredUsers,
  }),
  repeatable: false,
  async run(client: NimbusClient, args) {
    const { id } = await client.addExternalTask({
      serviceUpn: args.serviceUpn,
      customerIdentifier: args.customerIdentifier,
      customer: toCustomerBody(args.customer),
      customContextParameters: unlessEmpty(args.contextParameters),
      distributionPriority: args.distributionPriority,
      preferredUsers: unlessEmpty(args.preferredUsers),
    });
    return { externalTaskId: id };
  },
});

/** "RemoveExternalTask". */
const removeExternalTask = defineStep({
  summary: 'Takes an external task back, as long as no user has it.',
  args: z.strictObject({ externalTaskId: filled.check(z.describe('As nimbus.addExternalTask gives it.')) }),
  repeatable: true,
  async run(client: NimbusClient, { externalTaskId }) {
    return { outcome: (await client.removeExternalTask(externalTaskId)) ? 'removed' : 'gone' };
  },
});

export const externalTaskSteps = {
  'nimbus.addExternalTask': addExternalTask,
  'nimbus.removeExternalTask': removeExternalTask,
};
