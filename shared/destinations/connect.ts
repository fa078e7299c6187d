import { azureCredential, credentialTokens } from '../auth/azure-credential.ts';
import { clientSecretTokens } from '../auth/client-secret.ts';
import { bearer, fixedBearer } from '../auth/tokens.ts';
import type { Config, CrmConfig } from '../config.ts';
import { createAcdClient } from './acd/client.ts';
import { acdSteps } from './acd/steps.ts';
import { createCrmClient } from './crm/client.ts';
import { crmSteps } from './crm/steps.ts';
import type { Credentials } from './http-client.ts';
import { createLucsClient } from './lucs/client.ts';
import { lucsSteps } from './lucs/steps.ts';
import type { DestinationRuntime } from './runtime.ts';
import type { BoundStep, Step } from './step.ts';

/** The steps of every destination that has settings, tied to its client. */
export function connectDestinations(config: Config, runtime: DestinationRuntime): ReadonlyMap<string, BoundStep> {
  const { lucs, acd, crm } = config;
  return new Map([
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
