import rhea from 'rhea';
import type { SessionSeeker } from '../engine/consumer.ts';
import { CONDITION, sessionLockLost } from '../engine/errors.ts';
import type { SessionDispatch } from '../engine/session-dispatch.ts';
import { ConsumerLink, type ConsumerLinkOptions } from './consumer-link.ts';
import { withholdAttach } from './rhea-internals.ts';

const SESSION_FILTER = 'com.microsoft:session-filter';
const LOCKED_UNTIL = 'com.microsoft:locked-until-utc';
const TIMEOUT = 'com.microsoft:timeout';
const DEFAULT_TIMEOUT_MS = 60_000;

/** .NET counts from the year 1, in steps of 100 ns. */
const TICKS_PER_MS = 10_000n;
const TICKS_AT_1970 = 621_355_968_000_000_000n;

/** What a receiver asks for in its source filter: undefined, no session; null, whichever is free; or one by its id. */
export function requestedSession(filter: unknown): string | null | undefined {
  if (typeof filter !== 'object' || filter === null || !(SESSION_FILTER in filter)) return undefined;
  const wanted = filter[SESSION_FILTER];
  // Some client libraries describe the value.
  const id = typeof wanted === 'object' && wanted !== null && 'value' in wanted ? wanted.value : wanted;
  return typeof id === 'string' ? id : null;
}

/** A client's receiver of one session. */
export class SessionLink extends ConsumerLink implements SessionSeeker {
  readonly #address: string;
  #sessionId = '';
  #attached = true;

  constructor(options: ConsumerLinkOptions, address: string) {
    super(options);
    this.#address = address;
  }

  /** Takes a session by its id. Throws when somebody else has it. */
  accept(sessions: SessionDispatch, sessionId: string): void {
    this.granted(sessionId, sessions.accept(sessionId, this).untilMs);
  }

  /** Waits, without answering the attach, for a session that is free. */
  seek(sessions: SessionDispatch): void {
    withholdAttach(this.link);
    this.#attached = false;
    const timeoutMs: unknown = this.link.properties?.[TIMEOUT];
    sessions.seek(this, typeof timeoutMs === 'number' ? timeoutMs : DEFAULT_TIMEOUT_MS);
  }

  granted(sessionId: string, lockedUntilMs: number): void {
    this.#sessionId = sessionId;
    this.link.set_source({ address: this.#address, filter: { [SESSION_FILTER]: sessionId } });
    const ticks = Buffer.alloc(8);
    ticks.writeBigInt64BE(BigInt(Math.trunc(lockedUntilMs)) * TICKS_PER_MS + TICKS_AT_1970);
    this.link.local.attach.properties = { [LOCKED_UNTIL]: rhea.types.wrap_long(ticks) };
    this.#attach();
  }

  timedOut(): void {
    this.#attach();
    this.link.close({
      condition: CONDITION.timeout,
      description: `No session of '${this.#address}' became free in the time that the receiver would wait.`,
    });
  }

  sessionLost(): void {
    const { condition, message: description } = sessionLockLost(this.#sessionId);
    this.link.close({ condition, description });
  }

  override dispose(): void {
    super.dispose();
    // A client that gives up waiting gets its attach answered by the detach that follows.
    this.#attach();
  }

  #attach(): void {
    if (!this.#attached) this.link.open();
    this.#attached = true;
  }
}
