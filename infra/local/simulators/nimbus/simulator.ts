import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { hasBearerToken } from '../common/authorization.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { nimbusBearerToken } from '../credentials.ts';
import type { Role } from './account.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { countCalls, enforceCallLimit } from './call-limit.ts';
import { type CallbackResult, type RaiseRequest, raiseRequestSchema } from './callbacks.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerControlRoutes } from './control-routes.ts';
import { registerExternalTaskRoutes } from './external-task-routes.ts';
import { registerLookupRoutes } from './lookup-routes.ts';
import { answerRefusals } from './refusal.ts';
import { registerSchedulerEntryRoutes } from './scheduler-entry-routes.ts';
import type { StartTaskRequest } from './start-task-request.ts';
import type { TaskMove } from './task-moves.ts';
import { registerTaskRoutes } from './task-routes.ts';
import type { NimbusTask } from './tasks.ts';
import { type NimbusState, NimbusTenant } from './tenant.ts';
import { registerTriggerRoutes } from './trigger-routes.ts';

/** How soon scheduler entries are noticed to be due when nobody calls. */
const settleIntervalMs = 500;

export interface NimbusSimulatorOptions extends SimulatorOptions {
  /** The bearer token, or several that stand for as many connections of one account. */
  readonly token?: string | readonly string[];
  /** Service UPNs that the account may see, for every list (default: a seeded list each). */
  readonly services?: readonly string[];
  /** Where the real service's behaviour is not known or differs. */
  readonly behaviour?: Partial<NimbusBehaviour>;
  readonly newId?: () => string;
}

export interface NimbusSimulator extends Simulator<NimbusState> {
  /**
   * Delivers a webhook's payload as Nimbus would and tells what each callback answered; empty when none is registered
   * for it.
   */
  raise(request: RaiseRequest): Promise<CallbackResult[]>;
  /** A task arrives and raises `Created`. */
  startTask(request?: StartTaskRequest): NimbusTask;
  /** Moves a task on and raises what follows. Throws when the task's state does not allow the move. */
  moveTask(taskId: string, move: TaskMove): NimbusTask;
  /** Puts the clock forward and does everything that falls due on the way. */
  advance(ms: number): void;
  /** Waits until every callback, retries included, is through. */
  settled(): Promise<void>;
  /** Changes settings until `clear`. Throws on one that is unknown or wrong. */
  behave(changes: Partial<NimbusBehaviour>): void;
  grantRole(role: Role): void;
  /** The account's triggers fall silent and its calls are refused where no other role gives the right. */
  removeRole(role: Role): void;
  /** Takes a service (by UPN) or an address book (by id) out of the account's sight, or back into it. */
  hide(key: string): void;
  show(key: string): void;
}

/**
 * A stand-in of the Luware Nimbus connector API (the published connector definition), with all of its operations.
 * Nobody acts by himself here: tasks arrive and move by the methods above, or by the controls of the same effect below
 * `/_simulator`. Only scheduler entries come due and run into their limits with the clock.
 */
export async function startNimbusSimulator(options: NimbusSimulatorOptions): Promise<NimbusSimulator> {
  const { token = nimbusBearerToken, newId = randomUUID, clock = Date.now, services, behaviour } = options;
  const tokens = typeof token === 'string' ? [token] : token;
  const tenant = new NimbusTenant({ services, behaviour, clock, newId });
  const now = tenant.time.now;

  const simulator = await startSimulator<NimbusState>(
    {
      name: 'Nimbus',
      basePath: '',
      routes: (scope) => {
        countCalls(scope, tenant.callLimit, clock);
        requireToken(scope, tokens);
        enforceCallLimit(scope, tenant.callLimit, tenant.behaviour, clock);
        answerRefusals(scope, tenant.behaviour);
        scope.addHook('preHandler', async () => tenant.settleTime());
        registerTriggerRoutes(scope, { ...tenant, newId });
        registerLookupRoutes(scope, tenant.account);
        registerTaskRoutes(scope, tenant);
        registerExternalTaskRoutes(scope, { ...tenant, now });
        registerSchedulerEntryRoutes(scope, { ...tenant, now });
        registerContactRoutes(scope, tenant);
        scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send());
      },
      controls: (scope) => registerControlRoutes(scope, tenant),
      state: () => tenant.state(),
      forget: () => tenant.clear(),
    },
    { ...options, clock: now },
  );
  const timer = setInterval(() => tenant.settleTime(), settleIntervalMs);
  timer.unref();

  return {
    ...simulator,
    raise: (request) => tenant.callbacks.raise(raiseRequestSchema.parse(request)),
    startTask: (request = {}) => tenant.startTask(request),
    moveTask: (taskId, move) => tenant.moveTask(taskId, move),
    advance: (ms) => tenant.advance(ms),
    settled: () => tenant.callbacks.settle(),
    behave: (changes) => void tenant.behaviour.change(changes),
    grantRole: (role) => tenant.account.grantRole(role),
    removeRole: (role) => tenant.account.removeRole(role),
    hide: (key) => tenant.account.hide(key),
    show: (key) => tenant.account.show(key),
    close: async () => {
      clearInterval(timer);
      await simulator.close();
      tenant.callbacks.clear();
    },
  };
}

/** The host refuses a bad token before anything of Nimbus runs, hence without a body. */
function requireToken(scope: FastifyInstance, tokens: readonly string[]): void {
  scope.addHook('preHandler', async (request, reply) => {
    if (tokens.some((token) => hasBearerToken(request, token))) return;
    reply.code(401).header('www-authenticate', 'Bearer').send();
    return reply;
  });
}
