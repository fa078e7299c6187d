import { ServiceBusClient } from '@azure/service-bus';
import { EVENTS_TOPIC } from '../../shared/bus/connect-bus.ts';
import * as z from '../../shared/zod.ts';

export const MEASURED_SUBSCRIPTION = 'measured';

const BATCH = 500;
const FIRST_WAIT_MS = 1_000;

/** Either the event with the vendor's payload in `data`, or the hub's message as the floor program sends it. */
const bodySchema = z.object({ data: z.object({ legId: z.optional(z.string()) }) });

export interface Consumed {
  /** Messages. */
  readonly count: number;
  /** Messages with an id that no other had. */
  readonly distinct: number;
}

/** Takes from the topic what the programs under test have sent. */
export class Consumer {
  readonly #client: ServiceBusClient;
  readonly #receiver;

  constructor(connectionString: string) {
    this.#client = new ServiceBusClient(connectionString);
    this.#receiver = this.#client.createReceiver(EVENTS_TOPIC, MEASURED_SUBSCRIPTION, {
      receiveMode: 'receiveAndDelete',
    });
  }

  /** Takes what is there, until nothing more comes for a second. */
  async drain(): Promise<Consumed> {
    let count = 0;
    const ids = new Set<unknown>();
    for (;;) {
      const messages = await this.#receiver.receiveMessages(BATCH, { maxWaitTimeInMs: FIRST_WAIT_MS });
      if (messages.length === 0) return { count, distinct: ids.size };
      count += messages.length;
      for (const { messageId } of messages) ids.add(messageId);
    }
  }

  /** Takes `count` messages as they come, and tells how many milliseconds ago each was raised at the hub. */
  async latencies(count: number, timeoutMs: number): Promise<readonly number[]> {
    const latencies: number[] = [];
    const receiver = this.#client.createReceiver(EVENTS_TOPIC, MEASURED_SUBSCRIPTION, {
      receiveMode: 'receiveAndDelete',
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${latencies.length} of ${count} messages came`)), timeoutMs);
        receiver.subscribe(
          {
            async processMessage({ body }) {
              const nowNs = process.hrtime.bigint();
              latencies.push(Number(nowNs - BigInt(z.parse(bodySchema, body).data.legId ?? '0')) / 1e6);
              if (latencies.length === count) resolve();
            },
            async processError({ error }) {
              reject(error);
            },
          },
          { maxConcurrentCalls: 256 },
        );
      });
    } finally {
      clearTimeout(timer);
      await receiver.close();
    }
    return latencies;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
