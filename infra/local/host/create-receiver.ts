import type { ServiceBusClient, ServiceBusReceiver, ServiceBusReceiverOptions } from '@azure/service-bus';
import type { ServiceBusTrigger } from './triggers.ts';

/** A receiver for what a trigger listens to. It connects when it is first used. */
export function createReceiver(
  client: ServiceBusClient,
  entity: ServiceBusTrigger['entity'],
  options: ServiceBusReceiverOptions = {},
): ServiceBusReceiver {
  // The client library changes the options object it is given.
  return 'queue' in entity
    ? client.createReceiver(entity.queue, { ...options })
    : client.createReceiver(entity.topic, entity.subscription, { ...options });
}
