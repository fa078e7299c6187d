import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { bodyFor, type LucsConnection, type LucsOptions } from '../connection.ts';
import { filledPath, pathPart } from '../paths.ts';
import { type CreateTaskBody, createTaskBody, type LucsTask, lucsTaskSchema, taskIdSchema } from './schemas.ts';

/**
 * External tasks. `identifier` is a task's own id, or the `ExternalTaskId` that it was made with. What changes a task throws
 * a PermanentError with the status 500 when the task's state does not allow it.
 */
export interface TaskOperations {
  /** "POST Tasks". @returns the id that LUCS gave the task */
  createTask(task: CreateTaskBody): Promise<string>;
  /** "GET Task". @returns undefined when there is none */
  getTask(identifier: string): Promise<LucsTask | undefined>;
  /** "GET Service Tasks". */
  getServiceTasks(serviceId: string): Promise<readonly LucsTask[]>;
  /** Puts a task that an agent was offered back into the queue. With `setAgentOnRona` that agent gets no more for now. */
  refreshTask(identifier: string, options: { readonly setAgentOnRona: boolean }): Promise<void>;
  /** Says that an agent is at work on the task. */
  setTaskEstablished(identifier: string): Promise<void>;
  /**
   * Ends a task: LUCS never does that by itself.
   *
   * @returns the task as it ended, where LUCS shows it. That it does is not documented, only a sample suggests it.
   * @throws PermanentError with the status 404 when LUCS has no such task (any more)
   */
  terminateTask(identifier: string): Promise<LucsTask | undefined>;
}

export function taskOperations(
  { send, find, list }: LucsConnection,
  { paths, ronaParameter }: Pick<LucsOptions, 'paths' | 'ronaParameter'>,
): TaskOperations {
  return {
    async createTask(task) {
      const operation = 'create task';
      const body = bodyFor(createTaskBody, task, operation);
      const answer = await send({ method: 'POST', path: paths.createTask, body, operation });
      const id = z.safeParse(taskIdSchema, typeof answer.body === 'string' ? answer.body.trim() : answer.body);
      if (!id.success) throw new PermanentError(`LUCS took "${operation}", but its answer is not a task id`);
      return id.data;
    },
    async getTask(identifier) {
      const path = `/v1.0/tasks/${pathPart(identifier)}`;
      return find({ method: 'GET', path, operation: 'get task' }, lucsTaskSchema, 'a task');
    },
    async getServiceTasks(serviceId) {
      const path = filledPath(paths.getServiceTasks, serviceId);
      return list({ method: 'GET', path, operation: 'get service tasks' }, lucsTaskSchema, 'a list of tasks');
    },
    async refreshTask(identifier, { setAgentOnRona }) {
      const path = filledPath(paths.refreshTask, identifier);
      // Always said: Web API answers 404 where a parameter without a default is missing.
      const parameter =
        ronaParameter === 'query'
          ? { query: { SetAgentOnRona: String(setAgentOnRona) } }
          : { body: { SetAgentOnRona: setAgentOnRona } };
      await send({ method: 'POST', path, ...parameter, operation: 'refresh task' });
    },
    async setTaskEstablished(identifier) {
      const path = filledPath(paths.setTaskEstablished, identifier);
      await send({ method: 'POST', path, operation: 'set task established' });
    },
    async terminateTask(identifier) {
      const path = filledPath(paths.terminateTask, identifier);
      const { body } = await send({ method: 'POST', path, operation: 'terminate task' });
      return z.safeParse(lucsTaskSchema, Array.isArray(body) ? body[0] : body).data;
    },
  };
}
