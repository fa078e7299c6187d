import { startBroker } from '../../infra/local/broker/broker.ts';
import { EVENTS_TOPIC } from '../../shared/bus/connect-bus.ts';
import { busEntities } from '../../shared/bus/entities.ts';
import { MEASURED_SUBSCRIPTION } from './relay-consumer.ts';

/**
 * The embedded Service Bus as a process of the relay's bench: the bridge's topic, with a subscription without sessions,
 * so that one receiver gets everything. It keeps messages in memory only, because the disk is not what is measured.
 */
const topics = busEntities.topics
  .filter(({ name }) => name === EVENTS_TOPIC)
  .map((topic) => ({ ...topic, subscriptions: [{ name: MEASURED_SUBSCRIPTION }] }));

const broker = await startBroker({ port: 0, entities: { topics } });
process.send?.({ type: 'ready', connectionString: broker.connectionString });
