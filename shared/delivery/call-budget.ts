import { TransientError } from '../errors.ts';
import type { Table } from '../storage/table.ts';
import { createCallBudgetRow } from './call-budget-row.ts';
import { nextSlotMs, type SlotRules, slackMs, withSlot } from './call-slots.ts';

export interface CallBudgetOptions extends SlotRules {
  readonly table: Table;
  /** Names what the limit applies to; processes with the same key share one budget. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Between 0 and 1. */
  readonly random: () => number;
}

export interface CallBudget {
  /**
   * Resolves when one call may start; it has to start at once.
   *
   * @throws TransientError when that would take longer than {@link MAX_WAIT_MS} (`retryAfterMs` then says when to come
   * back), and when the table does not answer.
   */
  take(): Promise<void>;
}

/** How long a call may wait for its turn; longer would hold up everything else in the delivery's lane. */
export const MAX_WAIT_MS = 10_000;

/** Ceiling of the first pause after another process was faster; it grows with every further time. */
const CONTENTION_MS = 10;

interface Claim {
  readonly deadlineMs: number;
  readonly grant: (slotMs: number) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * One budget of calls for all processes: in any stretch of `windowMs` they start no more than `callsPerWindow`.
 *
 * A row of the table remembers how many calls start when; whoever wants to call adds its start to it, by a write that
 * succeeds on the row's latest version only. Starts are given out in order, so nobody who waits can be overtaken.
 *
 * Cost: one table transaction for a process alone, two or three among others. Calls that are asked for while a
 * reservation is on its way go together into the next one; nothing is reserved ahead, because at the rates that need a
 * shared budget (Nimbus: 100 a minute) transactions cost next to nothing, and slots that a process reserved and did not
 * use would be calls lost to all.
 *
 * Clocks: the stretch that is kept free is 9 % longer than the window (5.4 s for a minute), so at full load some 91 of
 * 100 calls are used. Half of that is for what a process may be late, and a slot that was missed by more is given up for
 * a new one; the other half is for the way to the destination and for how far the machines' clocks are apart together.
 * Machines in Azure are milliseconds apart. A clock that is wrong by more breaks the limit, but stops nobody else.
 */
export function createCallBudget(options: CallBudgetOptions): CallBudget {
  const { clock, sleep, random } = options;
  const row = createCallBudgetRow(options.table, options.key);
  let claims: Claim[] = [];
  let isReserving = false;

  return {
    async take() {
      const deadlineMs = clock() + MAX_WAIT_MS;
      for (;;) {
        const slotMs = await reserveSlot(deadlineMs);
        // Timers may fire a moment early.
        for (let leftMs = slotMs - clock(); leftMs > 0; leftMs = slotMs - clock()) await sleep(leftMs);
        if (clock() - slotMs <= slackMs(options) / 2) return;
      }
    },
  };

  function reserveSlot(deadlineMs: number): Promise<number> {
    return new Promise((grant, refuse) => {
      claims.push({ deadlineMs, grant, refuse });
      if (!isReserving) void reserveAll();
    });
  }

  async function reserveAll(): Promise<void> {
    isReserving = true;
    // Whoever asks at the same moment comes along.
    await undefined;
    while (claims.length > 0) {
      const batch = claims;
      claims = [];
      try {
        await reserve(batch);
      } catch (error) {
        for (const claim of batch) claim.refuse(error);
      }
    }
    isReserving = false;
  }

  /** Gives every claim of a batch its slot, or refuses it when its turn would come too late. */
  async function reserve(batch: readonly Claim[]): Promise<void> {
    const lastDeadlineMs = Math.max(...batch.map(({ deadlineMs }) => deadlineMs));
    for (let attempt = 1; clock() <= lastDeadlineMs; attempt += 1) {
      const { buckets: stored, version } = await row.read();
      const nowMs = clock();
      // Nobody reserves this far ahead, unless by a clock that is wrong.
      const buckets = stored.filter(({ startMs }) => startMs <= nowMs + 2 * MAX_WAIT_MS);
      const settlements: (() => void)[] = [];
      const tooLate: Claim[] = [];
      let kept = buckets;
      for (const claim of batch) {
        const slotMs = nextSlotMs(kept, nowMs, options);
        if (slotMs > claim.deadlineMs) {
          tooLate.push(claim);
          continue;
        }
        kept = withSlot(kept, slotMs, options);
        settlements.push(() => claim.grant(slotMs));
      }
      // Each is sent away until another time, or all would be back at once.
      let imagined = kept;
      for (const claim of tooLate) {
        const slotMs = nextSlotMs(imagined, nowMs, options);
        imagined = withSlot(imagined, slotMs, options);
        settlements.push(() => claim.refuse(comesTooLate(slotMs - nowMs)));
      }
      if (kept === buckets || (await row.write(kept, version))) {
        for (const settle of settlements) settle();
        return;
      }
      await sleep(random() * CONTENTION_MS * Math.min(attempt, 10));
    }
    throw new TransientError('no turn to call in time: too many processes ask for one at once', {
      retryAfterMs: random() * MAX_WAIT_MS,
    });
  }

  function comesTooLate(retryAfterMs: number): TransientError {
    const allowed = `${options.callsPerWindow} calls per ${options.windowMs / 1_000} s are allowed`;
    return new TransientError(`no turn to call in time: ${allowed}`, { retryAfterMs });
  }
}
