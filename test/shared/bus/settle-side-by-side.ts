import { ServiceBusClient } from '@azure/service-bus';
import { startBroker } from '../../../infra/local/broker/broker.ts';
import { splitDispositionsByOutcome } from '../../../shared/bus/rhea-outcomes.ts';

/**
 * Settles four messages in one turn, each differently, and tells its parent what became of them.
 * A process of its own because the fix changes rhea for good: `broker` runs the (fixed) broker, `fixed` and `as-it-is`
 * run a client of the broker whose connection string follows.
 */
async function main([role, connectionString = '']: readonly string[]): Promise<void> {
  if (role === 'broker') {
    const broker = await startBroker({ port: 0, entities: { queues: [{ name: 'q' }] } });
    process.on('disconnect', () => process.exit(0));
    process.send?.(broker.connectionString);
    return;
  }
  if (role === 'fixed') splitDispositionsByOutcome();
  const client = new ServiceBusClient(connectionString);
  await client.createSender('q').sendMessages([1, 2, 3, 4].map((body) => ({ body })));
  const receiver = client.createReceiver('q');
  const [m1, m2, m3, m4] = await receiver.receiveMessages(4);
  if (m1 === undefined || m2 === undefined || m3 === undefined || m4 === undefined)
    throw new Error('four are expected');
  const { completeMessage, abandonMessage, deadLetterMessage } = receiver;
  await Promise.all([
    completeMessage.call(receiver, m1),
    abandonMessage.call(receiver, m2),
    completeMessage.call(receiver, m3),
    deadLetterMessage.call(receiver, m4),
  ]);
  const left = await receiver.peekMessages(9);
  const dead = await client.createReceiver('q', { subQueueType: 'deadLetter' }).peekMessages(9);
  const result = { left: left.map(({ body }) => body), dead: dead.map(({ body }) => body) };
  await client.close();
  process.send?.(result);
  process.disconnect();
}

await main(process.argv.slice(2));
