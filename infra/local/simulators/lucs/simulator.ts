import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { presentsKey } from '../common/authorization.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { lucsApiKey } from '../credentials.ts';
import type { AgentChanges } from './agents.ts';
import type { LucsBehaviour } from './behaviour.ts';
import { registerCallbackRoutes } from './callback-routes.ts';
import { registerControlRoutes } from './control-routes.ts';
import { type CallbackMove, type LucsState, LucsSystem } from './lucs-system.ts';
import { errorEnvelope, LucsRefusal } from './refusal.ts';
import { registerServiceRoutes } from './service-routes.ts';
import { registerTaskRoutes } from './task-routes.ts';

/** What the installation is like, and its behaviour where the real one is not known. */
export interface LucsSimulatorOptions extends SimulatorOptions, Partial<LucsBehaviour> {
  readonly apiKey?: string;
  /** The header that carries the key (default `Authorization`). */
  readonly authHeader?: string;
  /** What stands before the key, without the blank between (default `Bearer`; empty for the bare key). */
  readonly authPrefix?: string;
  readonly newId?: () => string;
}

/** Tasks and callbacks are named by their id or external id, agents by their SIP address. */
export interface LucsSimulator extends Simulator<LucsState> {
  /** LUCS offers a waiting task to an agent (default: one that can be selected, preferred ones first). */
  distribute(taskIdentifier: string, agentSipUri?: string): void;
  /** The agent takes the task it was offered. */
  confirm(taskIdentifier: string): void;
  /** The agent turns the offer down. */
  decline(taskIdentifier: string): void;
  /** The offer's RONA time-out passes, before its time. */
  timeOut(taskIdentifier: string): void;
  /** Moves a callback on. Throws when its state does not allow the move. */
  moveCallback(identifier: string, move: CallbackMove, agentSipUri?: string): void;
  changeAgent(sipUri: string, changes: AgentChanges): void;
  /** For so long every call is refused with `NotInitialized`. */
  notInitialized(ms: number): void;
  /** Puts the clock forward and does everything that falls due on the way. */
  advance(ms: number): void;
  /** Changes settings until `clear`. Throws on one that is unknown or wrong. */
  behave(changes: Partial<LucsBehaviour>): void;
}

/**
 * A stand-in of the LUCS control API for external tasks and callbacks. Agents do not act by themselves: the methods
 * above, or the controls of the same effect below `/_simulator`, do it for them. Offers run out with the clock; with
 * `distribution: 'automatic'` LUCS also makes them.
 */
export async function startLucsSimulator(options: LucsSimulatorOptions): Promise<LucsSimulator> {
  const { port, clock = Date.now, apiKey, authHeader, authPrefix, newId = randomUUID, ...behaviour } = options;
  const lucs = new LucsSystem({ behaviour, clock, newId });

  const simulator = await startSimulator<LucsState>(
    {
      name: 'LUCS',
      basePath: '',
      routes: (scope) => {
        requireKey(scope, { apiKey, authHeader, authPrefix });
        answerRefusals(scope);
        scope.addHook('preHandler', async () => {
          lucs.requireInitialized();
          lucs.settle();
        });
        registerTaskRoutes(scope, lucs);
        registerCallbackRoutes(scope, lucs);
        registerServiceRoutes(scope, lucs);
      },
      controls: (scope) => registerControlRoutes(scope, lucs),
      state: () => lucs.state(),
      forget: () => lucs.clear(),
    },
    { port, clock: lucs.time.now },
  );
  return {
    ...simulator,
    distribute: (taskIdentifier, agentSipUri) => lucs.distributeTask(taskIdentifier, agentSipUri),
    confirm: (taskIdentifier) => lucs.confirmTask(taskIdentifier),
    decline: (taskIdentifier) => lucs.endOfferOfTask(taskIdentifier),
    timeOut: (taskIdentifier) => lucs.endOfferOfTask(taskIdentifier),
    moveCallback: (identifier, move, agentSipUri) => lucs.moveCallback(identifier, move, agentSipUri),
    changeAgent: (sipUri, changes) => {
      lucs.settle();
      lucs.agents.change(sipUri, changes);
    },
    notInitialized: (ms) => lucs.notInitialized(ms),
    advance: (ms) => lucs.advance(ms),
    behave: (changes) => {
      lucs.settle();
      lucs.behaviour.change(changes);
    },
  };
}

/** A wrong key and a missing role look the same; the body of that answer is not published. */
function requireKey(
  scope: FastifyInstance,
  options: { apiKey: string | undefined; authHeader: string | undefined; authPrefix: string | undefined },
): void {
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
