import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { AcdClient } from '../client.ts';
import { line } from '../common/argument-fields.ts';

/** "Find groups by name", of which the one with exactly this name counts. */
const findGroup = defineStep({
  summary: 'Finds the jtel ACD group of exactly this name; null when no name contains it.',
  args: z.strictObject({ name: line() }),
  repeatable: true,
  async run(client: AcdClient, { name }) {
    const group = await client.findGroup(name);
    return group === undefined ? null : { groupId: group.ID, name };
  },
});

export const groupSteps = { 'acd.findGroup': findGroup };
