import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { hasBearerToken } from '../common/authorization.ts';
import { refuseControl } from '../common/inspection-routes.ts';
import { parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { nimbusBearerToken } from '../credentials.ts';
import { registerLookupRoutes } from './lookup-routes.ts';
import { schedulerEntryServices, taskServices } from './lookups.ts';
import { type CallbackResult, type RaiseRequest, raise, raiseRequestSchema } from './raise.ts';
import { registerTriggerRoutes } from './trigger-routes.ts';
import { type Trigger, Triggers } from './triggers.ts';

export interface NimbusSimulatorOptions extends SimulatorOptions {
  readonly token?: string;
  /** Service UPNs that the account may see, for both webhooks (default: a seeded list each). */
  readonly services?: readonly string[];
  readonly newId?: () => string;
}

export interface NimbusState {
  readonly triggers: readonly Trigger[];
}

export interface NimbusSimulator extends Simulator<NimbusState> {
  /**
   * Delivers a webhook's payload as Nimbus would and tells what each callback answered; empty when none is registered
   * for it.
   */
  raise(request: RaiseRequest): Promise<CallbackResult[]>;
}

/**
 * A stand-in of the Luware Nimbus connector API (the published connector definition), with `/_simulator/raise` to fire
 * a webhook.
 */
export async function startNimbusSimulator(options: NimbusSimulatorOptions): Promise<NimbusSimulator> {
  const { token = nimbusBearerToken, newId = randomUUID } = options;
  const services = {
    task: options.services ?? taskServices,
    schedulerEntry: options.services ?? schedulerEntryServices,
  };
  const triggers = new Triggers();

  const simulator = await startSimulator<NimbusState>(
    {
      name: 'Nimbus',
      basePath: '',
      routes: (scope) => {
        requireToken(scope, token);
        registerTriggerRoutes(scope, { triggers, services, newId });
        registerLookupRoutes(scope, services);
        scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send());
      },
      controls: (scope) => {
        scope.post('/raise', async (request, reply) => {
          const parsed = raiseRequestSchema.safeParse(parseJsonText(rawBodyOf(request)));
          return parsed.success ? raise(triggers, parsed.data) : refuseControl(reply, z.prettifyError(parsed.error));
        });
      },
      state: () => ({ triggers: triggers.all() }),
      forget: () => triggers.clear(),
    },
    options,
  );
  return { ...simulator, raise: (request) => raise(triggers, raiseRequestSchema.parse(request)) };
}

function requireToken(scope: FastifyInstance, token: string): void {
  scope.addHook('preHandler', async (request, reply) => {
    if (hasBearerToken(request, token)) return;
    reply.code(401).header('www-authenticate', 'Bearer').send();
    return reply;
  });
}
