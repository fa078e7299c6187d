import { fork } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import { startBroker } from '../../infra/local/broker/broker.ts';
import { splitDispositionsByOutcome } from '../../shared/bus/rhea-outcomes.ts';
import { percentile } from './percentile.ts';

/**
 * How long a message takes from `sendMessages` to the handler, with the broker's immediate answers on and off.
 * Run alone, `broker` as an argument makes the process the broker that is measured.
 */

const MESSAGES = 400;
const WARM_UP = 50;
const INTERVAL_MS = 5;
const QUEUE = 'measured';

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface BrokerLatency {
  readonly answersAtOnce: Latency;
  readonly answersLate: Latency;
  /** How many times longer the median takes without the immediate answers. */
  readonly p50Ratio: number;
}

export async function run(): Promise<BrokerLatency> {
  splitDispositionsByOutcome();
  const answersAtOnce = await measure(true);
  const answersLate = await measure(false);
  const p50Ratio = answersLate.p50Ms / answersAtOnce.p50Ms;
  console.log(`answers at once   p50 ${answersAtOnce.p50Ms.toFixed(2)} ms   p99 ${answersAtOnce.p99Ms.toFixed(2)} ms`);
  console.log(`answers late      p50 ${answersLate.p50Ms.toFixed(2)} ms   p99 ${answersLate.p99Ms.toFixed(2)} ms`);
  console.log(`the median is ${p50Ratio.toFixed(1)} times longer without immediate answers`);
  return { answersAtOnce, answersLate, p50Ratio };
}

/** Sends at a steady, moderate rate: the delays in question do not show when the line is busy. */
async function measure(answerAtOnce: boolean): Promise<Latency> {
  const child = fork(fileURLToPath(import.meta.url), ['broker', String(answerAtOnce)], {
    execArgv: ['--import', 'tsx'],
  });
  const [connectionString] = await once(child, 'message');
  const client = new ServiceBusClient(String(connectionString));
  const latencies: number[] = [];
  let finish = (_error?: Error): void => undefined;
  const allCame = new Promise<void>((resolve, reject) => {
    finish = (error) => (error === undefined ? resolve() : reject(error));
  });
  const subscription = client.createReceiver(QUEUE).subscribe(
    {
      async processMessage({ body }) {
        latencies.push(performance.now() - Number(body));
        if (latencies.length === WARM_UP + MESSAGES) finish();
      },
      async processError({ error }) {
        finish(error);
      },
    },
    { maxConcurrentCalls: 32 },
  );
  const sender = client.createSender(QUEUE);
  const sends: Promise<void>[] = [];
  for (let sent = 0; sent < WARM_UP + MESSAGES; sent++) {
    sends.push(sender.sendMessages({ body: performance.now() }));
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  await Promise.all(sends);
  await allCame;
  await subscription.close();
  await client.close();
  child.disconnect();
  const samples = latencies.slice(WARM_UP);

  return { p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}

async function serve(answerAtOnce: boolean): Promise<void> {
  const broker = await startBroker({ port: 0, entities: { queues: [{ name: QUEUE }] }, answerAtOnce });
  process.on('disconnect', () => process.exit(0));
  process.send?.(broker.connectionString);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [role, answerAtOnce] = process.argv.slice(2);
  await (role === 'broker' ? serve(answerAtOnce === 'true') : run());
}
