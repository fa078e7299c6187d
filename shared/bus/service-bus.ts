import type { ServiceBusClient, ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import { TransientError } from '../errors.ts';
import type { Bus, OutgoingMessage } from './bus.ts';

/** The SDK waits 30 s between tries by default, far longer than a webhook's sender waits for its answer. */
const RETRY = { maxRetries: 3, retryDelayInMs: 200, timeoutInMs: 3_000 };

/** After this a send is given up; the caller answers 503 or lets the message be redelivered. */
const SEND_TIMEOUT_MS = 8_000;

const CHECK_TIMEOUT_MS = 3_000;

export interface ServiceBusOptions {
  readonly connect: (retryOptions: typeof RETRY) => Promise<ServiceBusClient>;
  /** The entity whose answering stands for the bus's health. */
  readonly checkEntity: string;
}

/** The bus over the Azure SDK: one client for the process and one sender per entity, made when first needed. */
export function createServiceBus({ connect, checkEntity }: ServiceBusOptions): Bus {
  let client: Promise<ServiceBusClient> | undefined;
  const senders = new Map<string, ServiceBusSender>();
  const connected = () => (client ??= connect({ ...RETRY }));
  const senderOf = async (entity: string) => {
    const connection = await connected();
    const sender = senders.get(entity) ?? connection.createSender(entity);
    senders.set(entity, sender);
    return sender;
  };

  return {
    async send(entity, messages) {
      const outgoing = messages.map(toServiceBusMessage);
      await orTransient(`the bus did not confirm a send to "${entity}"`, SEND_TIMEOUT_MS, async (abortSignal) => {
        const [only, ...more] = outgoing;
        const body = only !== undefined && more.length === 0 ? only : outgoing;
        const sender = await senderOf(entity);
        await sender.sendMessages(body, { abortSignal });
      });
    },
    async check() {
      await orTransient('the bus does not answer', CHECK_TIMEOUT_MS, async (abortSignal) => {
        // A link of its own: an open one would answer from memory.
        const sender = (await connected()).createSender(checkEntity);
        try {
          await sender.createMessageBatch({ abortSignal });
        } finally {
          await sender.close().catch(() => undefined);
        }
      });
    },
    async close() {
      const closing = client;
      client = undefined;
      senders.clear();
      await (await closing?.catch(() => undefined))?.close();
    },
  };
}

function toServiceBusMessage(message: OutgoingMessage): ServiceBusMessage {
  const { messageId, sessionId, subject, contentType, body, applicationProperties, scheduledEnqueueTime } = message;
  const outgoing: ServiceBusMessage = {
    messageId,
    contentType,
    body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
  };
  if (sessionId !== undefined) outgoing.sessionId = sessionId;
  if (subject !== undefined) outgoing.subject = subject;
  if (applicationProperties !== undefined) outgoing.applicationProperties = applicationProperties;
  if (scheduledEnqueueTime !== undefined) outgoing.scheduledEnqueueTimeUtc = scheduledEnqueueTime;
  return outgoing;
}

async function orTransient<T>(
  message: string,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await run(AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    throw new TransientError(message, { cause });
  }
}
