import { setTimeout as wait } from 'node:timers/promises';
import * as z from '../../../../shared/zod.ts';
import type { Behaviour } from '../common/behaviour.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { isTaken, postCallback } from './post-callback.ts';
import { spellPayload } from './spell-payload.ts';
import { TriggerQueue } from './trigger-queue.ts';
import type { Webhook } from './trigger-request.ts';
import type { Trigger } from './triggers.ts';

export const raiseRequestSchema = z.strictObject({
  webhook: z.enum(['task', 'schedulerEntry']),
  payload: z.record(z.string(), z.unknown()),
  callbackHeaders: z.optional(z.record(z.string(), z.string())),
});

/** A webhook's payload to deliver, with headers that every callback shall carry. */
export type RaiseRequest = z.infer<typeof raiseRequestSchema>;

/** What became of one callback. */
export interface CallbackResult {
  readonly triggerId: string;
  /** Without the query, which may hold a key. */
  readonly url: string;
  /** The payload's event before it was spelled for the wire, and the id of its task or scheduler entry. */
  readonly event: unknown;
  readonly subject: unknown;
  /** 1 for the first; duplicates and retries count on. */
  readonly attempt: number;
  /** Null when no answer came. */
  readonly status: number | null;
  /** The answer's text, or why there was none. */
  readonly body: string;
  readonly ms: number;
}

/** One payload on its way to one trigger. */
interface Delivery {
  readonly trigger: Trigger;
  readonly request: RaiseRequest;
  readonly json: string;
  readonly results: CallbackResult[];
}

/** Answers which triggers want to hear of a payload. */
type Wanted = (webhook: Webhook, payload: Readonly<Record<string, unknown>>) => readonly Trigger[];

/**
 * Delivers webhooks to the triggers that want them: side by side for different triggers, one after the other for one.
 * Nimbus documents neither retries nor order nor how often it delivers: the behaviour says. A retry holds up nothing.
 */
export class Callbacks {
  readonly #wanted: Wanted;
  readonly #behaviour: Behaviour<NimbusBehaviour>;
  readonly #queues = new Map<string, TriggerQueue>();
  readonly #running = new Set<Promise<unknown>>();
  #results: CallbackResult[] = [];
  #stop = new AbortController();

  constructor(wanted: Wanted, behaviour: Behaviour<NimbusBehaviour>) {
    this.#wanted = wanted;
    this.#behaviour = behaviour;
  }

  /** Every attempt, for all triggers, once there are no more to come; empty when nobody wants the payload. */
  async raise(request: RaiseRequest): Promise<CallbackResult[]> {
    const json = JSON.stringify(spellPayload(request.webhook, request.payload, this.#behaviour.current));
    const deliveries = this.#wanted(request.webhook, request.payload).map((trigger) =>
      this.#deliver({ trigger, request, json, results: [] }),
    );
    return (await Promise.all(deliveries)).flat();
  }

  /** What was sent so far, in the order of the answers. */
  results(): CallbackResult[] {
    return [...this.#results];
  }

  /** Waits until nothing is under way, retries included; what waits to be overtaken goes out now. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) {
      for (const queue of this.#queues.values()) queue.releaseHeld();
      await Promise.race(this.#running);
    }
  }

  /** Gives up what is under way and forgets what was. */
  clear(): void {
    this.#stop.abort();
    for (const queue of this.#queues.values()) queue.releaseHeld();
    this.#queues.clear();
    this.#results = [];
    this.#stop = new AbortController();
  }

  #deliver(delivery: Delivery): Promise<CallbackResult[]> {
    const { callbackDuplicates, callbackDisorderMs, callbackRetries } = this.#behaviour.current;
    const { signal } = this.#stop;
    const done = new Promise<CallbackResult[]>((resolve) => {
      const send = async (): Promise<void> => {
        for (let copy = 0; copy <= callbackDuplicates; copy += 1) await this.#attempt(delivery, signal);
        this.#retry(delivery, callbackRetries, signal).then(() => resolve(delivery.results));
      };
      this.#queueOf(delivery.trigger).add(send, callbackDisorderMs);
    });
    this.#running.add(done);
    done.finally(() => this.#running.delete(done));
    return done;
  }

  async #retry(delivery: Delivery, times: number, signal: AbortSignal): Promise<void> {
    const { callbackRetryDelayMs } = this.#behaviour.current;
    for (let left = times; left > 0 && !delivery.results.some(isTaken) && !signal.aborted; left -= 1) {
      await wait(callbackRetryDelayMs, undefined, { signal, ref: false }).catch(() => undefined);
      await this.#attempt(delivery, signal);
    }
  }

  async #attempt({ trigger, request, json, results }: Delivery, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { url } = trigger.config;
    const startedAt = performance.now();
    const answer = await postCallback(url, json, request.callbackHeaders ?? {}, signal);
    if (signal.aborted) return;
    const { origin, pathname } = new URL(url);
    const result: CallbackResult = {
      triggerId: trigger.id,
      url: origin + pathname,
      event: request.payload.event,
      subject: request.payload[request.webhook === 'task' ? 'taskId' : 'schedulerEntryId'],
      attempt: results.length + 1,
      ...answer,
      ms: Math.round(performance.now() - startedAt),
    };
    results.push(result);
    this.#results.push(result);
  }

  #queueOf({ id }: Trigger): TriggerQueue {
    const queue = this.#queues.get(id) ?? new TriggerQueue();
    this.#queues.set(id, queue);
    return queue;
  }
}
