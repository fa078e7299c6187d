import { azureCredential, credentialTokens } from '../auth/azure-credential.ts';
import { clientSecretTokens } from '../auth/client-secret.ts';
import { nimbusTokens } from '../auth/nimbus-tokens.ts';
import { bearer, fixedBearer } from '../auth/tokens.ts';
import type { Config, CrmConfig, NimbusConfig } from '../config.ts';
import { createCallBudget } from '../delivery/call-budget.ts';
import type { Table } from '../storage/table.ts';
import { createAcdClient } from './acd/client.ts';
import { acdSteps } from './acd/steps.ts';
import { createCrmClient } from './crm/client.ts';
import { crmSteps } from './crm/steps.ts';
import type { Credentials } from './http-client.ts';
import { createLucsClient } from './lucs/client.ts';
import { lucsSteps } from './lucs/steps.ts';
import { createNimbusClient, type NimbusClient } from './nimbus/client.ts';
import { nimbusSteps } from './nimbus/steps.ts';
import type { DestinationRuntime } from './runtime.ts';
import type { BoundStep, Step } from './step.ts';

export interface ConnectRuntime extends DestinationRuntime {
  /** Where all processes together count the calls of a destination that limits them. */
  readonly callBudgets: Table;
  readonly sleep: (ms: number) => Promise<void>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** The steps of every destination that has settings, tied to its client. */
export function connectDestinations(config: Config, runtime: ConnectRuntime): ReadonlyMap<string, BoundStep> {
  const { nimbus, lucs, acd, crm } = config;
  return new Map([
    ...(nimbus ? bindAll(nimbusSteps, connectNimbus(nimbus, runtime)) : []),
    ...(lucs ? bindAll(lucsSteps, createLucsClient({ ...runtime, ...lucs })) : []),
    ...(acd ? bindAll(acdSteps, createAcdClient({ ...runtime, ...acd })) : []),
    ...(crm
      ? bindAll(crmSteps, createCrmClient({ ...runtime, baseUrl: crm.baseUrl, credentials: crmCredentials(crm) }))
      : []),
  ]);
}

function bindAll<Client>(steps: Readonly<Record<string, Step<Client>>>, client: Client): [string, BoundStep][] {
  return Object.entries(steps).map(([name, step]) => [name, step.bind(client)]);
}

/** Nimbus limits the calls of a connection by the minute, and its `signIn` makes the connection. */
export function connectNimbus(
  { baseUrl, signIn, callsPerMinute }: NimbusConfig,
  runtime: ConnectRuntime,
): NimbusClient {
  const { fetch, clock, timeoutMs, callBudgets: table, sleep, random } = runtime;
  const budget = createCallBudget({
    table,
    key: 'nimbus',
    callsPerWindow: callsPerMinute,
    windowMs: 60_000,
    clock,
    sleep,
    random,
  });
  return createNimbusClient({
    baseUrl,
    credentials: nimbusCredentials(signIn),
    beforeCall: () => budget.take(),
    fetch,
    clock,
    timeoutMs,
  });
}

export function nimbusCredentials(signIn: NimbusConfig['signIn']): Credentials {
  return signIn.kind === 'token' ? fixedBearer(signIn.token) : bearer(nimbusTokens(signIn));
}

/** Dataverse's scope is its own address. */
function crmCredentials({ baseUrl, signIn }: CrmConfig): Credentials {
  const scope = `${new URL(baseUrl).origin}/.default`;
  switch (signIn.kind) {
    case 'token':
      return fixedBearer(signIn.token);
    case 'secret':
      return bearer(clientSecretTokens({ ...signIn, scope }));
    case 'identity':
      return bearer(credentialTokens(azureCredential(signIn.clientId), scope));
  }
}
