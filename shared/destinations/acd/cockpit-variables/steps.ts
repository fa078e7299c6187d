import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { AcdClient } from '../client.ts';
import { nameOrId } from '../common/argument-fields.ts';

/** "Set cockpit variable". */
const setCockpitVariable = defineStep({
  summary: 'Sets a cockpit variable of jtel ACD to a whole number.',
  args: z.strictObject({ variable: nameOrId.check(z.describe('Name or id of the variable.')), value: z.int() }),
  repeatable: true,
  async run(client: AcdClient, { variable, value }) {
    const variableId = typeof variable === 'number' ? variable : await client.cockpitVariableId(variable);
    return { variableId, outcome: await client.setCockpitVariable(variableId, value) };
  },
});

export const cockpitVariableSteps = { 'acd.setCockpitVariable': setCockpitVariable };
