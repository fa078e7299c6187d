import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Behaviour } from '../common/behaviour.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { NimbusRefusal } from './refusal.ts';

/** The connector's published limit: 100 calls per connection in 60 seconds, here taken per token. */
const maxCalls = 100;
const windowMs = 60_000;

/** Counts calls per token in a sliding window. Times are milliseconds since the epoch. */
export class CallLimit {
  readonly #arrived = new Map<string, number[]>();
  readonly #admitted = new Map<string, number[]>();
  #highest = 0;

  /** The most calls that one token made in any 60 seconds, refused ones included. */
  get highest(): number {
    return this.#highest;
  }

  arrive(token: string, nowMs: number): void {
    this.#highest = Math.max(this.#highest, push(this.#arrived, token, nowMs));
  }

  /** How long the caller has to wait for room; 0 when the call is admitted. Refused calls take up no room. */
  admit(token: string, nowMs: number): number {
    const recent = inWindow(this.#admitted, token, nowMs);
    const oldestMs = recent[0];
    if (recent.length >= maxCalls && oldestMs !== undefined) return oldestMs + windowMs - nowMs;
    push(this.#admitted, token, nowMs);
    return 0;
  }

  clear(): void {
    this.#arrived.clear();
    this.#admitted.clear();
    this.#highest = 0;
  }
}

/** Counts every call that carries a token, also those whose answer is planned. Add it before other hooks. */
export function countCalls(scope: FastifyInstance, limit: CallLimit, clock: () => number): void {
  scope.addHook('onRequest', async (request) => {
    const token = tokenOf(request);
    if (token !== undefined) limit.arrive(token, clock());
  });
}

/** Refuses calls above the limit where the behaviour says so. */
export function enforceCallLimit(
  scope: FastifyInstance,
  limit: CallLimit,
  behaviour: Behaviour<NimbusBehaviour>,
  clock: () => number,
): void {
  scope.addHook('preHandler', async (request) => {
    const { callLimit } = behaviour.current;
    const token = tokenOf(request);
    const waitMs = token === undefined ? 0 : limit.admit(token, clock());
    if (callLimit === 'off' || waitMs === 0) return;
    const headers = callLimit === 'withRetryAfter' ? { 'retry-after': String(Math.ceil(waitMs / 1_000)) } : {};
    throw new NimbusRefusal(429, 'Rate limit is exceeded.', { headers });
  });
}

function tokenOf(request: FastifyRequest): string | undefined {
  return request.headers.authorization?.split(' ')[1];
}

function push(times: Map<string, number[]>, token: string, nowMs: number): number {
  const recent = inWindow(times, token, nowMs);
  recent.push(nowMs);
  times.set(token, recent);
  return recent.length;
}

function inWindow(times: ReadonlyMap<string, number[]>, token: string, nowMs: number): number[] {
  return (times.get(token) ?? []).filter((atMs) => nowMs - atMs < windowMs);
}
