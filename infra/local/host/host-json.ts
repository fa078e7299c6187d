import { availableParallelism } from 'node:os';
import * as z from '../../../shared/zod.ts';
import { readJsonFile } from './json-file.ts';
import type { LogLevel } from './rpc.ts';
import { parseTimespanMs } from './timespan.ts';

const timespan = z.pipe(
  z.string(),
  z.transform((value, context) => {
    const ms = parseTimespanMs(value);
    if (ms !== undefined && ms >= 0) return ms;
    context.issues.push({ code: 'custom', input: value, message: `'${value}' is no time span like 00:05:00` });
    return z.NEVER;
  }),
);

const unlimited = z.pipe(
  z.literal('-1'),
  z.transform(() => undefined),
);

const positive = z.int().check(z.gte(1));

const lowerCase = z.pipe(
  z.string(),
  z.transform((value): string => value.toLowerCase()),
);

const level = z.pipe(lowerCase, z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']));

const retry = z.discriminatedUnion('strategy', [
  z.looseObject({
    strategy: z.literal('fixedDelay'),
    maxRetryCount: z.int().check(z.gte(-1)),
    delayInterval: timespan,
  }),
  z.looseObject({
    strategy: z.literal('exponentialBackoff'),
    maxRetryCount: z.int().check(z.gte(-1)),
    minimumInterval: timespan,
    maximumInterval: timespan,
  }),
]);

const clientRetry = z.looseObject({
  mode: z.optional(z.pipe(lowerCase, z.enum(['fixed', 'exponential']))),
  tryTimeout: z.optional(timespan),
  delay: z.optional(timespan),
  maxDelay: z.optional(timespan),
  maxRetries: z.optional(z.int().check(z.gte(0))),
});

const serviceBus = z.looseObject({
  prefetchCount: z.optional(z.int().check(z.gte(0))),
  maxAutoLockRenewalDuration: z.optional(timespan),
  maxConcurrentCalls: z.optional(positive),
  maxConcurrentSessions: z.optional(positive),
  maxMessageBatchSize: z.optional(positive),
  minMessageBatchSize: z.optional(
    z.literal(1, { error: 'this host hands over a batch as soon as there is a message; only 1 is supported' }),
  ),
  sessionIdleTimeout: z.optional(timespan),
  autoCompleteMessages: z.optional(z.boolean()),
  clientRetryOptions: z.optional(clientRetry),
});

const schema = z.looseObject({
  version: z.optional(z.literal('2.0', { error: "must be '2.0'" })),
  functionTimeout: z.optional(z.union([unlimited, timespan])),
  retry: z.optional(retry),
  logging: z.optional(z.looseObject({ logLevel: z.optional(z.record(z.string(), level)) })),
  extensions: z.optional(
    z.looseObject({
      http: z.optional(z.looseObject({ routePrefix: z.optional(z.string()) })),
      serviceBus: z.optional(serviceBus),
    }),
  ),
});

/** How the Service Bus listeners behave; `extensions.serviceBus` of host.json with the extension's defaults filled in. */
export interface ServiceBusOptions {
  maxAutoLockRenewalMs: number;
  maxConcurrentCalls: number;
  maxConcurrentSessions: number;
  maxMessageBatchSize: number;
  sessionIdleTimeoutMs: number;
  autoComplete: boolean;
  retry: {
    mode: 'fixed' | 'exponential';
    tryTimeoutMs: number;
    delayMs: number;
    maxDelayMs: number;
    maxRetries: number;
  };
}

/** A retry policy as host.json states it; intervals in milliseconds, `maxRetryCount` -1 is for ever. */
export type HostRetry = z.infer<typeof retry>;

export interface HostConfig {
  routePrefix: string;
  /** `undefined`: no limit. */
  functionTimeoutMs: number | undefined;
  logLevels: Record<string, LogLevel>;
  retry: HostRetry | undefined;
  serviceBus: ServiceBusOptions;
}

const defaultFunctionTimeoutMs = 30 * 60_000;
const defaultTryTimeoutMs = 60_000;
/** The Azure client would wait 30 s between attempts; with a bus on the same machine that looks like a hang. */
const defaultRetryDelayMs = 200;

/**
 * Reads host.json. Keys this host does not know are ignored, as the real host does; wrong values are not.
 *
 * @throws {ConfigurationError} with every problem by path.
 */
export async function readHostJson(file: string): Promise<HostConfig> {
  const parsed = await readJsonFile(file, schema);
  const bus = parsed.extensions?.serviceBus ?? {};
  const retryOptions = bus.clientRetryOptions ?? {};
  const tryTimeoutMs = retryOptions.tryTimeout ?? defaultTryTimeoutMs;
  return {
    routePrefix: (parsed.extensions?.http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    functionTimeoutMs: 'functionTimeout' in parsed ? parsed.functionTimeout : defaultFunctionTimeoutMs,
    logLevels: parsed.logging?.logLevel ?? {},
    retry: parsed.retry,
    serviceBus: {
      maxAutoLockRenewalMs: bus.maxAutoLockRenewalDuration ?? 5 * 60_000,
      maxConcurrentCalls: bus.maxConcurrentCalls ?? 16 * availableParallelism(),
      maxConcurrentSessions: bus.maxConcurrentSessions ?? 8,
      maxMessageBatchSize: bus.maxMessageBatchSize ?? 1000,
      sessionIdleTimeoutMs: bus.sessionIdleTimeout ?? tryTimeoutMs,
      autoComplete: bus.autoCompleteMessages ?? true,
      retry: {
        mode: retryOptions.mode ?? 'fixed',
        tryTimeoutMs,
        delayMs: retryOptions.delay ?? defaultRetryDelayMs,
        maxDelayMs: retryOptions.maxDelay ?? 60_000,
        maxRetries: retryOptions.maxRetries ?? 3,
      },
    },
  };
}
