import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import { azureCredential } from '../auth/azure-credential.ts';
import type { Config } from '../config.ts';

/** The library's client for the namespace that the settings name. Loading this file loads the library. */
export function openServiceBus(serviceBus: Config['serviceBus'], retryOptions: RetryOptions): ServiceBusClient {
  return 'connectionString' in serviceBus
    ? new ServiceBusClient(serviceBus.connectionString, { retryOptions })
    : new ServiceBusClient(serviceBus.fullyQualifiedNamespace, azureCredential(serviceBus.clientId), { retryOptions });
}
