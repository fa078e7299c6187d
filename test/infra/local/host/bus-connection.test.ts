import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../../../infra/local/broker/broker.ts';
import { BusConnections } from '../../../../infra/local/host/bus-connection.ts';

const queue = 'ordered';
const retry = { mode: 'exponential' as const, maxRetries: 3, delayMs: 800, maxDelayMs: 60_000, tryTimeoutMs: 60_000 };

let broker: Broker;
let breaker: Server;
let brokenConnections = 0;
let connectionString: string;

/** Lets the broker's clients through, but breaks the first connection just when a link asks to be authorised. */
function startBreaker(brokerPort: number): Server {
  return createServer((client) => {
    const upstream = connect(brokerPort, '127.0.0.1');
    upstream.pipe(client);
    client.on('data', (bytes) => {
      if (brokenConnections > 0 || !bytes.includes('put-token')) {
        upstream.write(bytes);
        return;
      }
      brokenConnections += 1;
      client.resetAndDestroy();
      upstream.destroy();
    });
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      end.on('error', () => other.destroy());
      end.on('close', () => other.destroy());
    }
  });
}

beforeAll(async () => {
  broker = await startBroker({ port: 0, entities: { queues: [{ name: queue, requiresSession: true }], topics: [] } });
  breaker = startBreaker(broker.port);
  breaker.listen(0, '127.0.0.1');
  await once(breaker, 'listening');
  const address = breaker.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  connectionString = broker.connectionString.replace(`:${broker.port}`, `:${port}`);
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender(queue).sendMessages({ body: 'waits', sessionId: 'one' });
  await client.close();
});

afterAll(async () => {
  breaker.close();
  await broker.close();
});

it('serves sessions soon after a connection broke while its first link was being authorised', async () => {
  const connections = new BusConnections({ retry }, { checkIntervalMs: 50, checkLimitMs: 500 });
  const acceptor = connections.acceptor(connectionString, { queue });
  const accept = async () => {
    for (;;) {
      try {
        return await acceptor.accept((client) => client.acceptNextSession(queue));
      } catch {
        await delay(20);
      }
    }
  };

  const session = await Promise.race([accept(), accept(), accept()]);

  expect(session.sessionId).toBe('one');
  expect(brokenConnections).toBe(1);
  acceptor.close();
  await connections.close();
}, 10_000);
