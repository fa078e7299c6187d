import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { HubConnectionBuilder, type IHttpConnectionOptions, LogLevel } from '@microsoft/signalr';
import { HubHttpClient } from '../../shared/relay/hub-http-client.ts';
import { webSocketWithTimeout } from '../../shared/relay/hub-web-socket.ts';
import * as z from '../../shared/zod.ts';

/**
 * The least that a relay can do, for comparison: takes messages from the hub and sends them in batches, with a message
 * id and a session id. It reads nothing, keeps nothing and checks nothing.
 */

const MAX_BATCH = 100;
const MAX_WAIT_MS = 10;
const LANES = 32;
const CONNECT_TIMEOUT_MS = 10_000;
const ITEMS_PER_CALL = 250;

const settingsSchema = z.object({
  hubUrl: z.string(),
  token: z.string(),
  bus: z.string(),
  topic: z.string(),
  subscriptions: z.array(z.object({ entityId: z.string(), eventName: z.string() })),
});
export type FloorSettings = z.infer<typeof settingsSchema>;

async function main(): Promise<void> {
  const { hubUrl, token, bus, topic, subscriptions } = z.parse(
    settingsSchema,
    JSON.parse(await readFile(process.env.FLOOR_SETTINGS ?? '', 'utf8')),
  );
  const sender = new ServiceBusClient(bus).createSender(topic);
  const idPrefix = randomBytes(9).toString('base64url');
  let received = 0;
  let sent = 0;
  let waiting: ServiceBusMessage[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    void sender.sendMessages(batch).then(() => {
      sent += batch.length;
    });
  }

  const http: IHttpConnectionOptions & { WebSocket: unknown } = {
    accessTokenFactory: () => token,
    // What SignalR would load by itself are modules that a bundle does not have.
    httpClient: new HubHttpClient({ fetch, clock: Date.now, onAlive: () => undefined }),
    WebSocket: webSocketWithTimeout(CONNECT_TIMEOUT_MS),
  };
  const connection = new HubConnectionBuilder().withUrl(hubUrl, http).configureLogging(LogLevel.Warning).build();
  connection.on('MessageReceived', (message: unknown) => {
    received += 1;
    waiting.push({
      messageId: `${idPrefix}.${received}`,
      sessionId: `lane-${received % LANES}`,
      contentType: 'application/json',
      body: message,
    });
    if (waiting.length >= MAX_BATCH) flush();
    else timer ??= setTimeout(flush, MAX_WAIT_MS);
  });

  await connection.start();
  const items = subscriptions.map(({ entityId, eventName }) => ({ EntityId: entityId, EventName: eventName }));
  for (let start = 0; start < items.length; start += ITEMS_PER_CALL) {
    await connection.invoke('Subscribe', items.slice(start, start + ITEMS_PER_CALL));
  }
  process.on('message', (message) => {
    if (message === 'sent') process.send?.({ type: 'sent', sent });
  });
  process.on('SIGTERM', () => process.exit(0));
  process.send?.({ type: 'ready' });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
