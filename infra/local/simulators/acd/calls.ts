import * as z from '../../../../shared/zod.ts';
import { AcdRefusal } from './envelopes.ts';

export const startCallSchema = z.strictObject({
  caller: z.optional(z.string()),
  serviceNumber: z.optional(z.string()),
  isOutbound: z.optional(z.boolean()),
});

/** A call that shall be under way. */
export type StartCall = z.infer<typeof startCallSchema>;

export type CallState = 'ringing' | 'connected' | 'held';

export interface LiveCall {
  /** jtel's key of a call. Its form is not published; here it is the start's time and a number. */
  readonly ufn: string;
  readonly caller: string;
  readonly serviceNumber: string;
  readonly isOutbound: boolean;
  readonly startedAtMs: number;
  state: CallState;
}

/** Calls that are under way. */
export class LiveCalls {
  #calls: LiveCall[] = [];
  #started = 0;

  start({ caller, serviceNumber, isOutbound }: StartCall, atMs: number): LiveCall {
    this.#started += 1;
    const call: LiveCall = {
      ufn: `${atMs}${String(this.#started).padStart(4, '0')}`,
      caller: caller ?? '493023125014',
      serviceNumber: serviceNumber ?? '493023125900',
      isOutbound: isOutbound ?? false,
      startedAtMs: atMs,
      state: 'ringing',
    };
    this.#calls.push(call);
    return call;
  }

  all(): readonly LiveCall[] {
    return this.#calls;
  }

  /** Throws 404 for a call that is not under way, 409 for one that does not ring. */
  answer(ufn: string): void {
    this.#move(ufn, ['ringing'], 'connected');
  }

  /** Throws 404 for a call that is not under way, 409 for one that is not connected. */
  hold(ufn: string): void {
    this.#move(ufn, ['connected'], 'held');
  }

  /** Throws 404 for a call that is not under way. */
  hangUp(ufn: string): void {
    const ended = this.#get(ufn);
    this.#calls = this.#calls.filter((call) => call !== ended);
  }

  clear(): void {
    this.#calls = [];
    this.#started = 0;
  }

  #move(ufn: string, from: readonly CallState[], to: CallState): void {
    const call = this.#get(ufn);
    if (!from.includes(call.state)) throw new AcdRefusal(409, `The call is ${call.state}`);
    call.state = to;
  }

  #get(ufn: string): LiveCall {
    const call = this.#calls.find((candidate) => candidate.ufn === ufn);
    if (call === undefined) throw new AcdRefusal(404, 'Call not found');
    return call;
  }
}
