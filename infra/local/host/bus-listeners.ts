import type { ServiceBusClient } from '@azure/service-bus';
import { BatchListener } from './batch-listener.ts';
import { type BusHandler, busHandler } from './bus-handler.ts';
import type { BusOutages } from './bus-outages.ts';
import { createReceiver } from './create-receiver.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { ServiceBusOptions } from './host-json.ts';
import type { LoadedFunction } from './load-app.ts';
import type { HostLog } from './log.ts';
import { MessageListener } from './message-listener.ts';
import type { SessionAcceptor } from './session-acceptor.ts';
import { SessionListener } from './session-listener.ts';
import type { Sleep } from './sleep.ts';
import type { ServiceBusTrigger } from './triggers.ts';

export interface Listener {
  start(): void;
  stop(): Promise<void>;
}

export interface BusListenerOptions {
  target: LoadedFunction;
  trigger: ServiceBusTrigger;
  client: ServiceBusClient;
  acceptor: SessionAcceptor<ServiceBusClient>;
  config: ServiceBusOptions;
  runner: Pick<FunctionRunner, 'run'>;
  outages: BusOutages;
  log: HostLog;
  keepEmpty: boolean;
  clock: () => number;
  sleep: Sleep;
}

/** The body stays bytes and dates stay dates: the conversion for the function is the extension's, not the client's. */
const raw = { skipParsingBodyAsJson: true, skipConvertingDate: true } as const;

/**
 * The listener for a trigger, by sessions and cardinality.
 *
 * | | no sessions | sessions |
 * |---|---|---|
 * | one | `maxConcurrentCalls` messages at once | `maxConcurrentSessions` sessions at once, one message at a time in each |
 * | many | one batch at a time | one session at a time, one batch at a time |
 *
 * Locks are renewed with cardinality one only.
 */
export function busListener(options: BusListenerOptions): Listener {
  const { config, trigger, target, outages, clock, sleep } = options;
  const handle: BusHandler = busHandler({ ...options, autoComplete: trigger.autoComplete ?? config.autoComplete });
  const one = trigger.cardinality === 'one';
  const health = {
    failed: (error: unknown) => outages.failed(target.name, error),
    recovered: () => outages.recovered(target.name),
  };
  const receiverOptions = { ...raw, maxAutoLockRenewalDurationInMs: one ? config.maxAutoLockRenewalMs : 0 };
  if (trigger.sessions) {
    return new SessionListener({
      ...health,
      acceptNextSession: () => acceptNextSession(options, receiverOptions),
      handle,
      concurrency: one ? config.maxConcurrentSessions : 1,
      maxBatchSize: one ? 1 : config.maxMessageBatchSize,
      idleTimeoutMs: config.sessionIdleTimeoutMs,
      maxHoldMs: one && config.maxAutoLockRenewalMs > 0 ? config.maxAutoLockRenewalMs : Number.POSITIVE_INFINITY,
      clock,
      sleep,
    });
  }
  const receiver = createReceiver(options.client, trigger.entity, receiverOptions);
  if (one) return new MessageListener({ ...health, receiver, handle, maxConcurrentCalls: config.maxConcurrentCalls });
  const { maxMessageBatchSize: maxBatchSize } = config;
  return new BatchListener({ ...health, receiver, handle, maxBatchSize, waitMs: config.retry.tryTimeoutMs, sleep });
}

type ReceiverOptions = typeof raw & { maxAutoLockRenewalDurationInMs: number };

function acceptNextSession({ acceptor, trigger: { entity } }: BusListenerOptions, options: ReceiverOptions) {
  // The client library changes the options object it is given.
  return acceptor.accept((client) =>
    'queue' in entity
      ? client.acceptNextSession(entity.queue, { ...options })
      : client.acceptNextSession(entity.topic, entity.subscription, { ...options }),
  );
}
