import { PermanentError } from '../../errors.ts';
import * as z from '../../zod.ts';
import { createHttpClient, type Decision, type HttpAnswer, type HttpRequest } from '../http-client.ts';
import type { DestinationRuntime } from '../runtime.ts';
import { type LucsTask, lucsErrorSchema, lucsTaskIdSchema, lucsTaskSchema } from './schemas.ts';

export interface LucsOptions extends DestinationRuntime {
  /** Everything before `/v1.0`. */
  readonly baseUrl: string;
  /** Undefined when the site is protected in another way. */
  readonly apiKey: string | undefined;
  /** The published pages do not name the header; by default `Authorization`. */
  readonly authHeader: string;
  /** What stands before the key in that header, with its blank; may be empty. */
  readonly authPrefix: string;
}

/** Body of "POST Tasks", spelt as on the wire. */
export interface LucsCreateTask {
  readonly Service: string;
  readonly Required: Readonly<Record<'Im' | 'Audio' | 'Video' | 'DesktopSharing' | 'ConversationContext', boolean>>;
  readonly DistributeToAgent: boolean;
  readonly DistributeToAgentRONATimeoutInSeconds?: number;
  readonly ExternalTaskId: string;
  readonly Caller?: string;
  readonly PreferredAgents?: readonly string[];
  readonly ConsiderPreferredAgentsOnly?: boolean;
}

/** The part of the LUCS Control API that deals with external tasks. */
export interface LucsClient {
  /** @returns the id that LUCS gave the task. */
  createTask(task: LucsCreateTask): Promise<string>;
  /** @param identifier the task's own id, or our `ExternalTaskId`. @returns undefined when there is none. */
  getTask(identifier: string): Promise<LucsTask | undefined>;
}

export function createLucsClient({ apiKey, authHeader, authPrefix, ...options }: LucsOptions): LucsClient {
  const authorization = apiKey === undefined ? {} : { [authHeader.toLowerCase()]: `${authPrefix}${apiKey}` };
  const send = createHttpClient({
    ...options,
    destination: 'LUCS',
    credentials: { headers: async () => authorization },
    decide,
    errorCode,
  });

  return {
    async createTask(task) {
      const operation = 'create task';
      const answer = await send({ method: 'POST', path: '/v1.0/tasks', body: task, operation });
      const id = z.safeParse(lucsTaskIdSchema, typeof answer.body === 'string' ? answer.body.trim() : answer.body);
      if (!id.success) throw new PermanentError(`LUCS took "${operation}", but its answer is not a task id`);
      return id.data;
    },
    async getTask(identifier) {
      const operation = 'get task';
      try {
        const answer = await send({
          method: 'GET',
          path: `/v1.0/tasks/${encodeURIComponent(identifier)}`,
          operation,
        });
        return readTask(answer.body, operation);
      } catch (error) {
        if (error instanceof PermanentError && (error.httpStatus === 404 || error.httpStatus === 500)) return undefined;
        throw error;
      }
    },
  };
}

/** A task comes alone in the reference pages, and in a list in the published use case; an empty list has none. */
function readTask(body: unknown, operation: string): LucsTask | undefined {
  if (Array.isArray(body) && body.length === 0) return undefined;
  const task = z.safeParse(lucsTaskSchema, Array.isArray(body) ? body[0] : body);
  if (!task.success) throw new PermanentError(`LUCS answered "${operation}" with something that is not a task`);
  return task.data;
}

/**
 * 500 stands for "not allowed now" as well as for a fault. With an error code it is a refusal, unless the code says
 * that LUCS is still starting; a bare 500 comes from the web server before it.
 */
function decide(_request: HttpRequest, answer: HttpAnswer): Decision | undefined {
  if (answer.status !== 500) return undefined;
  const code = errorCode(answer);
  return code === undefined || code === 'NotInitialized' ? 'retry' : 'permanent';
}

function errorCode(answer: HttpAnswer): string | undefined {
  const parsed = z.safeParse(lucsErrorSchema, answer.body);
  if (!parsed.success) return undefined;
  const { Code } = parsed.data.Error;
  return /^\w{1,64}$/.test(Code) ? Code : 'unnamed';
}
