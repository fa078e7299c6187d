import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../../../infra/local/broker/broker.ts';
import type { BusEntitiesInput } from '../../../../shared/bus/entities.ts';

export interface TestBus {
  readonly broker: Broker;
  readonly client: ServiceBusClient;
}

/** A broker in memory and a client of it; both end with the test. */
export async function startTestBus(
  entities: BusEntitiesInput,
  options: Partial<Omit<BrokerOptions, 'entities'>> = {},
): Promise<TestBus> {
  const broker = await startBroker({ port: 0, entities, ...options });
  const client = connect(broker.connectionString);
  onTestFinished(async () => {
    await client.close();
    await broker.close();
  });
  return { broker, client };
}

/** The unmodified client; only its patience is adjusted to tests. */
export function connect(connectionString: string, timeoutInMs = 10_000): ServiceBusClient {
  return new ServiceBusClient(connectionString, { retryOptions: { retryDelayInMs: 50, maxRetries: 3, timeoutInMs } });
}

/** Receives exactly `count` messages, however many deliveries that takes. */
export async function receive(receiver: ServiceBusReceiver, count: number): Promise<ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: 10_000 });
    if (more.length === 0) throw new Error(`${messages.length} of ${count} messages came`);
    messages.push(...more);
  }
  return messages;
}

/** The next message; fails when there is none. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  if (message === undefined) throw new Error('no message came');
  return message;
}
