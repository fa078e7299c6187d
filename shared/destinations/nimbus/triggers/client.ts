import { PermanentError } from '../../../errors.ts';
import { canonicaliseKeys, keyTreeOf } from '../../../events/canonical-keys.ts';
import * as z from '../../../zod.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { bodyFor, type NimbusConnection, removed, segment } from '../connection.ts';
import {
  type SchedulerEntryTriggerConfig,
  schedulerEntryTriggerBody,
  type TaskTriggerConfig,
  taskTriggerBody,
  triggerIdSchema,
} from './schemas.ts';

/** Registered webhooks. Nimbus does not list them: an id that gets lost can't be had again. */
export interface TriggerOperations {
  /** @returns the trigger's id. */
  registerTaskWebHook(config: TaskTriggerConfig): Promise<string>;
  /** @returns false when there is none. */
  deleteTaskEventsTrigger(triggerId: string): Promise<boolean>;
  /** @returns the trigger's id. */
  registerSchedulerEntryTrigger(config: SchedulerEntryTriggerConfig): Promise<string>;
  /** @returns false when there is none. */
  deleteSchedulerEntriesTrigger(triggerId: string): Promise<boolean>;
}

export function triggerOperations({ send }: NimbusConnection): TriggerOperations {
  const register = async (path: string, body: unknown, operation: string) =>
    triggerIdOf(await send({ method: 'POST', path, body, operation }), path, operation);
  const remove = (path: string, triggerId: string, operation: string) =>
    removed(send({ method: 'DELETE', path: `${path}/${segment(triggerId)}`, operation }));

  return {
    async registerTaskWebHook(config) {
      const operation = 'register task webhook';
      return register('/v1/triggers/tasks', bodyFor(taskTriggerBody, { config }, operation), operation);
    },
    deleteTaskEventsTrigger: (triggerId) => remove('/v1/triggers/tasks', triggerId, 'delete task trigger'),
    async registerSchedulerEntryTrigger(config) {
      const operation = 'register scheduler entry trigger';
      const body = bodyFor(schedulerEntryTriggerBody, { config }, operation);
      return register('/v1/triggers/scheduler-entries', body, operation);
    },
    deleteSchedulerEntriesTrigger: (triggerId) =>
      remove('/v1/triggers/scheduler-entries', triggerId, 'delete scheduler entry trigger'),
  };
}

/** Power Platform asks webhook APIs for a `Location` header, and deletes by that address; its last segment is the id. */
function triggerIdOf({ headers, body }: HttpAnswer, path: string, operation: string): string {
  const [, inLocation] = new RegExp(`${path}/([^/?#]+)`, 'i').exec(headers.get('location') ?? '') ?? [];
  if (inLocation !== undefined) return decoded(inLocation);
  const parsed = z.safeParse(triggerIdSchema, canonicaliseKeys(body, keyTreeOf(triggerIdSchema)));
  const id = typeof body === 'string' ? body.trim() : (parsed.data?.triggerId ?? parsed.data?.id ?? '');
  if (id !== '') return id;
  throw new PermanentError(`Nimbus took "${operation}", but did not say the trigger's id: it can't be removed again`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
