import { PermanentError, TransientError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep } from '../../step.ts';
import type { LucsClient } from '../client.ts';
import { isEstablished, isTerminated, isWaiting } from '../common/state.ts';
import { refusalStatus } from '../connection.ts';
import { createTask } from './create-task.ts';
import { taskResult, taskSummary } from './result.ts';
import type { LucsTask } from './schemas.ts';
import { taskArgument, whichTask } from './which-task.ts';

/** "GET Task". */
const getTask = defineStep({
  summary: 'Reads a LUCS task: its state, its customer, and the agent that it is reserved for.',
  args: z.strictObject({ task: taskArgument }),
  repeatable: true,
  async run(client: LucsClient, args, call) {
    const task = await client.getTask(await whichTask(args.task, call));
    return task === undefined
      ? null
      : limitedResult(taskResult(task), 'what LUCS says of this task is too long to be handed on');
  },
});

/** "POST Refresh Task". */
const refreshTask = defineStep({
  summary: 'Puts a LUCS task that was offered to an agent back into the queue.',
  args: z.strictObject({
    task: taskArgument,
    setAgentOnRona: z
      ._default(z.boolean(), false)
      .check(
        z.describe('Whether the agent is set to RONA; LUCS refuses it where the agent does not run Agent Assistant.'),
      ),
  }),
  // Done again, it would take the task from the next agent.
  repeatable: false,
  async run(client: LucsClient, { task, setAgentOnRona }, call) {
    const identifier = await whichTask(task, call);
    try {
      await client.refreshTask(identifier, { setAgentOnRona });
      return { task: identifier, alreadyWaiting: false };
    } catch (error) {
      if (refusalStatus(error) !== 500 || !isWaiting(await client.getTask(identifier))) throw error;
      return { task: identifier, alreadyWaiting: true };
    }
  },
  async findExisting(client, { task }, call) {
    const identifier = await whichTask(task, call);
    return isWaiting(await client.getTask(identifier)) ? { task: identifier, alreadyWaiting: true } : undefined;
  },
});

/** "POST Set Established". */
const setTaskEstablished = defineStep({
  summary: 'Tells LUCS that an agent is at work on a task; from then on it can only be terminated.',
  args: z.strictObject({ task: taskArgument }),
  repeatable: true,
  async run(client: LucsClient, { task }, call) {
    const identifier = await whichTask(task, call);
    try {
      await client.setTaskEstablished(identifier);
      return { task: identifier, alreadyEstablished: false };
    } catch (error) {
      if (refusalStatus(error) !== 500) throw error;
      if (!isEstablished(await client.getTask(identifier), client.establishedStates)) throw error;
      return { task: identifier, alreadyEstablished: true };
    }
  },
});

/** "POST Terminate Task". */
const terminateTask = defineStep({
  summary: 'Ends a LUCS task; LUCS leaves that to the system that created it.',
  args: z.strictObject({ task: taskArgument }),
  repeatable: true,
  async run(client: LucsClient, { task }, call) {
    const identifier = await whichTask(task, call);
    const ended = (alreadyGone: boolean, last: LucsTask | undefined) => ({
      task: identifier,
      alreadyGone,
      ...(last && taskSummary(last)),
    });
    try {
      return ended(false, await client.terminateTask(identifier));
    } catch (error) {
      const status = refusalStatus(error);
      if (status === undefined) throw error;
      const current = await client.getTask(identifier);
      if (isTerminated(current)) return ended(true, current);
      if (status === 404 && current === undefined) {
        // A task named by the key that it is being made with would come after its end.
        if ((await call.findCreated('lucs.createTask'))?.kind === 'underway') {
          throw new TransientError('the LUCS task is still being created', { retryAfterMs: 2_000 });
        }
        return ended(true, undefined);
      }
      if (status === 500) throw error;
      // The path is assumed, and must not leave tasks behind while it looks as if they were gone.
      throw new PermanentError('LUCS answered 404 to "terminate task", but has the task: check LUCS_PATHS', {
        cause: error,
        httpStatus: 404,
      });
    }
  },
});

export const taskSteps = {
  'lucs.createTask': createTask,
  'lucs.getTask': getTask,
  'lucs.refreshTask': refreshTask,
  'lucs.setTaskEstablished': setTaskEstablished,
  'lucs.terminateTask': terminateTask,
};
