import * as z from '../../../../../shared/zod.ts';

/**
 * One call of a hub method that goes wrong.
 *
 * - `method`: in any casing; missing for every method. `times`: for how many calls (default 1).
 * - `error`: answered in place of a result. `hang`: the connection's calls are not answered any more.
 * - `delayMs`: how long to wait first. Alone, it slows the call down.
 */
export const hubCallFaultSchema = z.strictObject({
  method: z.optional(z.string()),
  times: z.optional(z.int().check(z.positive())),
  error: z.optional(z.string()),
  hang: z.optional(z.boolean()),
  delayMs: z.optional(z.number().check(z.nonnegative())),
});

export type HubCallFault = z.infer<typeof hubCallFaultSchema>;

/** Faults waiting for the calls they are for, in the order they were added. */
export class HubCallFaults {
  #waiting: { fault: HubCallFault; left: number }[] = [];

  add(fault: HubCallFault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  takeFor(method: string): HubCallFault | undefined {
    const found = this.#waiting.find(({ fault }) => (fault.method ?? method).toLowerCase() === method.toLowerCase());
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.fault;
  }

  clear(): void {
    this.#waiting = [];
  }
}
