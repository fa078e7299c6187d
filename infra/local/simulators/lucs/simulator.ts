import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { presentsKey } from '../common/authorization.ts';
import { refuseControl } from '../common/inspection-routes.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { lucsApiKey } from '../credentials.ts';
import { errorEnvelope, LucsRefusal } from './refusal.ts';
import { type LucsAgent, lucsAgents, lucsServices } from './seed.ts';
import { registerServiceRoutes } from './service-routes.ts';
import { registerTaskRoutes } from './task-routes.ts';
import { type LucsTask, LucsTasks, type TaskRules } from './tasks.ts';

const defaultRetentionMs = 10 * 60 * 1_000;

export interface LucsSimulatorOptions extends SimulatorOptions, Partial<TaskRules> {
  readonly apiKey?: string;
  /** The header that carries the key (default `Authorization`). */
  readonly authHeader?: string;
  /** What stands before the key, without the blank between (default `Bearer`; empty for the bare key). */
  readonly authPrefix?: string;
  /** A read task comes as an array of one (default false). */
  readonly getTaskAsArray?: boolean;
  readonly newId?: () => string;
}

export interface LucsState {
  readonly tasks: readonly LucsTask[];
}

export interface LucsSimulator extends Simulator<LucsState> {
  /** LUCS picks an agent for a waiting task (default: the first preferred one it knows, else the first of all). */
  distribute(taskIdentifier: string, agentSipUri?: string): void;
  /** The agent takes the task it was offered. */
  confirm(taskIdentifier: string): void;
}

/**
 * A stand-in of the LUCS control API for external tasks. Agents do not act by themselves: `distribute` and `confirm`
 * (or `POST /_simulator/tasks/{id}/distribute` and `/confirm`) do it for them; an offer's RONA time-out passes with
 * the clock.
 */
export async function startLucsSimulator(options: LucsSimulatorOptions): Promise<LucsSimulator> {
  const { clock = Date.now, newId = randomUUID, getTaskAsArray = false } = options;
  const rules: TaskRules = {
    setEstablishedOnDistributed: options.setEstablishedOnDistributed ?? 'refuse',
    terminateUnestablished: options.terminateUnestablished ?? 'allow',
    retentionMs: options.retentionMs ?? defaultRetentionMs,
  };
  const tasks = new LucsTasks(rules, clock, newId);
  const services = lucsServices;

  const known = (taskIdentifier: string): LucsTask => {
    const task = tasks.find(taskIdentifier);
    if (task === undefined) throw new LucsRefusal('NotFound', `LUCS has no task ${taskIdentifier}.`);
    return task;
  };
  const distribute = (taskIdentifier: string, agentSipUri?: string): void => {
    const task = known(taskIdentifier);
    tasks.distribute(task, chooseAgent(task, agentSipUri));
  };
  const confirm = (taskIdentifier: string): void => tasks.confirm(known(taskIdentifier));

  const simulator = await startSimulator<LucsState>(
    {
      name: 'LUCS',
      basePath: '',
      routes: (scope) => {
        requireKey(scope, options);
        answerRefusals(scope);
        registerTaskRoutes(scope, { tasks, services, clock, getTaskAsArray });
        registerServiceRoutes(scope, { tasks, services, clock });
      },
      controls: (scope) => {
        scope.setErrorHandler((error, _request, reply) =>
          refuseControl(reply, error instanceof Error ? error.message : String(error)),
        );
        scope.post<{ Params: { id: string }; Querystring: { agent?: string } }>(
          '/tasks/:id/distribute',
          async (request, reply) => {
            distribute(request.params.id, request.query.agent);
            return reply.code(204).send();
          },
        );
        scope.post<{ Params: { id: string } }>('/tasks/:id/confirm', async (request, reply) => {
          confirm(request.params.id);
          return reply.code(204).send();
        });
      },
      state: () => ({ tasks: tasks.all().map((task) => ({ ...task })) }),
      forget: () => tasks.clear(),
    },
    options,
  );
  return { ...simulator, distribute, confirm };
}

function requireKey(scope: FastifyInstance, options: LucsSimulatorOptions): void {
  const { apiKey = lucsApiKey, authHeader = 'Authorization', authPrefix = 'Bearer' } = options;
  scope.addHook('preHandler', async (request, reply) => {
    if (presentsKey(request.headers[authHeader.toLowerCase()], authPrefix, apiKey)) return;
    reply.code(401).send();
    return reply;
  });
}

function answerRefusals(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof LucsRefusal)) throw error;
    return reply.code(error.status).send(errorEnvelope(error.code, error.message));
  });
  scope.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({ Message: `No HTTP resource was found that matches the request URI '${request.url}'.` }),
  );
}

function chooseAgent(task: LucsTask, sipUri: string | undefined): LucsAgent {
  const bySip = (wanted: string) => lucsAgents.find(({ SipUri }) => SipUri === wanted.toLowerCase());
  const { preferredAgents, considerPreferredAgentsOnly } = task.request;
  const preferred = preferredAgents.map(bySip).find((agent) => agent !== undefined);
  const anyone = considerPreferredAgentsOnly && preferredAgents.length > 0 ? undefined : lucsAgents[0];
  const agent = sipUri === undefined ? (preferred ?? anyone) : bySip(sipUri);
  if (agent === undefined) throw new LucsRefusal('NotFound', 'No such agent can be selected for the task.');
  return agent;
}
