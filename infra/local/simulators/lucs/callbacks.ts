import type { LucsBehaviour } from './behaviour.ts';
import { type CreateCallbackRequest, callbackPriorities } from './create-callback-request.ts';
import { LucsRefusal } from './refusal.ts';
import type { LucsAgent, LucsService } from './seed.ts';

export const callbackStates = ['Pending', 'InQueue', 'Processing', 'Terminated'] as const;

export type LucsCallbackState = (typeof callbackStates)[number];

export interface LucsCallback {
  readonly id: string;
  readonly request: CreateCallbackRequest;
  readonly service: LucsService;
  readonly createdAtMs: number;
  state: LucsCallbackState;
  /** Before this nobody is called. */
  nextTryAtMs: number;
  retryCount: number;
  /** Who has the offer, or calls. */
  agent: LucsAgent | null;
  /** What the agent is asked: a message, a limited preview once that is accepted, then the call itself. */
  offer: 'message' | 'preview' | 'call' | null;
  offeredAtMs: number;
  /** How the last call to the customer went. LUCS does not tell. */
  outcome: 'answered' | 'failed' | null;
  terminatedAtMs: number | null;
  /** A cancelled callback is gone for the API. */
  isCancelled: boolean;
}

/** Callback requests and their life. Times are milliseconds since the epoch. */
export class LucsCallbacks {
  #callbacks: LucsCallback[] = [];
  readonly #behaviour: () => LucsBehaviour;
  readonly #newId: () => string;

  constructor(behaviour: () => LucsBehaviour, newId: () => string) {
    this.#behaviour = behaviour;
    this.#newId = newId;
  }

  create(request: CreateCallbackRequest, service: LucsService, atMs: number): LucsCallback {
    const callback: LucsCallback = {
      id: this.#newId(),
      request,
      service,
      createdAtMs: atMs,
      state: 'Pending',
      nextTryAtMs: request.dueAtMs,
      retryCount: 0,
      agent: null,
      offer: null,
      offeredAtMs: 0,
      outcome: null,
      terminatedAtMs: null,
      isCancelled: false,
    };
    this.#callbacks.push(callback);
    return callback;
  }

  /** Cancelled ones included. */
  all(): readonly LucsCallback[] {
    return this.#callbacks;
  }

  /** Those that the API knows, oldest first. */
  present(): LucsCallback[] {
    return this.#callbacks.filter(({ isCancelled }) => !isCancelled);
  }

  findById(id: string): LucsCallback | undefined {
    return this.present().find((callback) => callback.id === id.toLowerCase());
  }

  /** By the callback's own id, or the newest with this `ExternalTaskId`. */
  find(identifier: string): LucsCallback | undefined {
    const newest = this.present().findLast(({ request }) => request.externalTaskId === identifier);
    return this.findById(identifier) ?? newest;
  }

  /** Those in the queue without an offer, in the order in which agents get them. */
  waitingForAgent(): LucsCallback[] {
    const rank = ({ request }: LucsCallback) => callbackPriorities.indexOf(request.priority);
    return this.present()
      .filter(({ state, offer }) => state === 'InQueue' && offer === null)
      .sort((a, b) => rank(a) - rank(b) || a.nextTryAtMs - b.nextTryAtMs);
  }

  clear(): void {
    this.#callbacks = [];
  }

  /** LUCS begins to look for an agent. Throws before the callback is due. */
  queue(callback: LucsCallback, atMs: number): void {
    if (callback.state !== 'Pending') throw notAllowed(callback, 'queued');
    if (atMs < callback.nextTryAtMs) throw new LucsRefusal('InvalidState', 'The callback is not due yet.');
    callback.state = 'InQueue';
  }

  /** The agent gets the message. */
  distribute(callback: LucsCallback, agent: LucsAgent, atMs: number): void {
    if (callback.state !== 'InQueue' || callback.offer !== null) throw notAllowed(callback, 'distributed');
    callback.agent = agent;
    callback.offer = 'message';
    callback.offeredAtMs = atMs;
  }

  /** The agent accepts the message, ends the preview early, or accepts the call: then the customer is dialled. */
  accept(callback: LucsCallback, atMs: number): void {
    const next = { message: 'preview', preview: 'call', call: null } as const;
    if (callback.offer === null) throw notAllowed(callback, 'accepted');
    callback.offer = next[callback.offer];
    callback.offeredAtMs = atMs;
    if (callback.offer === null) callback.state = 'Processing';
  }

  /** The agent does not want it: another one is looked for. Gives the agent. */
  decline(callback: LucsCallback): LucsAgent {
    const { agent } = callback;
    if (callback.offer === null || agent === null) throw notAllowed(callback, 'declined');
    callback.offer = null;
    callback.agent = null;
    return agent;
  }

  /** The dial-out ends; a failed one is repeated after a pause, as often as the request says. */
  finish(callback: LucsCallback, outcome: 'answered' | 'failed', atMs: number): void {
    if (callback.state !== 'Processing') throw notAllowed(callback, 'finished');
    const { maxRetries, secondsBetweenRetries } = callback.request;
    callback.outcome = outcome;
    callback.agent = null;
    if (outcome === 'failed' && callback.retryCount < maxRetries) {
      callback.retryCount += 1;
      callback.state = 'Pending';
      callback.nextTryAtMs = atMs + secondsBetweenRetries * 1_000;
      return;
    }
    callback.state = 'Terminated';
    callback.terminatedAtMs = atMs;
  }

  /** Nobody says what happens once the customer is being dialled; refused is the assumption. */
  cancel(callback: LucsCallback, atMs: number): void {
    if (callback.state !== 'Pending' && callback.state !== 'InQueue') throw notAllowed(callback, 'cancelled');
    callback.state = 'Terminated';
    callback.agent = null;
    callback.offer = null;
    callback.terminatedAtMs = atMs;
    callback.isCancelled = true;
  }

  /** When the present offer, or its preview, runs out; undefined without one. */
  offerEndsAtMs({ offer, offeredAtMs }: LucsCallback): number | undefined {
    if (offer === null) return undefined;
    const { callbackPreviewSeconds, defaultRonaTimeoutInSeconds } = this.#behaviour();
    return offeredAtMs + (offer === 'preview' ? callbackPreviewSeconds : defaultRonaTimeoutInSeconds) * 1_000;
  }

  /** Forgets what was terminated longer ago than the retention time. */
  forgetOld(nowMs: number): void {
    const { retentionMs } = this.#behaviour();
    this.#callbacks = this.#callbacks.filter(
      ({ terminatedAtMs }) => terminatedAtMs === null || nowMs - terminatedAtMs < retentionMs,
    );
  }
}

function notAllowed(callback: LucsCallback, what: string): LucsRefusal {
  return new LucsRefusal('InvalidState', `A callback in state ${callback.state} cannot be ${what}.`);
}
