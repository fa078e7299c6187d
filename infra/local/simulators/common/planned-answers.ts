import * as z from '../../../../shared/zod.ts';

/**
 * One answer that a simulator gives instead of its own.
 *
 * - `match`: which requests it is for. `path` is exact, or a prefix when it ends in `*`; a missing part matches all.
 * - `times`: for how many requests (default 1).
 * - `status` (default 500), `headers`, `body`: what is answered. A string body is sent as it is, anything else as JSON.
 * - `delayMs`: how long to wait first. Alone, it slows the simulator's own answer down.
 * - `hang`: the request is never answered. `reset`: its connection is reset.
 * - `afterEffect`: the operation is really performed, and only its answer is replaced.
 */
export const plannedAnswerSchema = z
  .strictObject({
    match: z.optional(z.strictObject({ method: z.optional(z.string()), path: z.optional(z.string()) })),
    times: z.optional(z.int().check(z.positive())),
    status: z.optional(z.int().check(z.gte(200), z.lte(599))),
    headers: z.optional(z.record(z.string(), z.string())),
    body: z.optional(z.unknown()),
    delayMs: z.optional(z.number().check(z.nonnegative())),
    hang: z.optional(z.boolean()),
    reset: z.optional(z.boolean()),
    afterEffect: z.optional(z.boolean()),
  })
  .check(
    z.refine(
      (answer) => [answer.hang === true, answer.reset === true, hasContent(answer)].filter(Boolean).length <= 1,
      {
        message: 'choose one of: hang, reset, or an answer (status, headers, body)',
      },
    ),
  );

export type PlannedAnswer = z.input<typeof plannedAnswerSchema>;

/** The simulator's own answer is kept and only comes later. */
export function isOnlyDelayed(answer: PlannedAnswer): boolean {
  return answer.delayMs !== undefined && answer.hang !== true && answer.reset !== true && !hasContent(answer);
}

/** Answers waiting for the requests they are for, in the order they were added. */
export class PlannedAnswers {
  #waiting: { answer: PlannedAnswer; left: number }[] = [];

  add(answers: readonly PlannedAnswer[]): void {
    this.#waiting.push(...answers.map((answer) => ({ answer, left: answer.times ?? 1 })));
  }

  /** Uses up the first waiting answer that is for this request. */
  takeFor(method: string, path: string): PlannedAnswer | undefined {
    const found = this.#waiting.find(({ answer }) => isFor(answer, method, path));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.answer;
  }

  clear(): void {
    this.#waiting = [];
  }
}

function hasContent(answer: { status?: unknown; headers?: unknown; body?: unknown }): boolean {
  return answer.status !== undefined || answer.headers !== undefined || answer.body !== undefined;
}

function isFor({ match }: PlannedAnswer, method: string, path: string): boolean {
  if (match?.method !== undefined && match.method.toUpperCase() !== method) return false;
  if (match?.path === undefined) return true;
  return match.path.endsWith('*') ? path.startsWith(match.path.slice(0, -1)) : path === match.path;
}
