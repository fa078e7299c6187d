import { ServiceBusClient } from '@azure/service-bus';
import { azureCredential } from '../auth/azure-credential.ts';
import type { Config } from '../config.ts';
import type { Bus } from './bus.ts';
import { createServiceBus } from './service-bus.ts';

/** Where every event goes first. */
export const EVENTS_TOPIC = 'events';

/** The bus of the settings; connects when it is first used. */
export function connectBus({ serviceBus }: Pick<Config, 'serviceBus'>): Bus {
  return createServiceBus({
    checkEntity: EVENTS_TOPIC,
    connect: (retryOptions) =>
      'connectionString' in serviceBus
        ? new ServiceBusClient(serviceBus.connectionString, { retryOptions })
        : new ServiceBusClient(serviceBus.fullyQualifiedNamespace, azureCredential(serviceBus.clientId), {
            retryOptions,
          }),
  });
}
