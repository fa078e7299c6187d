import type { FunctionRunner } from './function-runner.ts';
import type { LoadedFunction } from './load-app.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { RpcException } from './rpc.ts';
import type { Sleep } from './sleep.ts';
import type { TimerTrigger } from './triggers.ts';
import { text } from './typed-data.ts';

export interface TimerListenerOptions {
  target: LoadedFunction;
  trigger: TimerTrigger;
  retry: RetryPolicy | undefined;
  runner: Pick<FunctionRunner, 'run'>;
  clock: () => number;
  random: () => number;
  sleep: Sleep;
}

/** The longest delay that a Node.js timer can take. */
const longestDelayMs = 2 ** 31 - 1;
/** A run that starts later than this after its time is past due. */
const pastDueMs = 1000;

/**
 * Runs one timer function on its schedule. Runs never overlap: an occurrence that falls into a run starts right after it, as
 * past due, and further missed ones are dropped.
 */
export class TimerListener {
  readonly #options: TimerListenerOptions;
  readonly #stopping = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #nextMs: number | undefined;
  #lastMs: number | undefined;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
  }

  start(): void {
    const { trigger, clock } = this.#options;
    this.#nextMs = trigger.schedule.next(clock());
    if (trigger.runOnStartup) void this.run(false);
    void this.#loop();
  }

  /** Runs the function once, after the run under way if there is one. Failures have been logged when it resolves. */
  run(isPastDue: boolean): Promise<void> {
    this.#queue = this.#queue.then(() => this.#runWithRetries(isPastDue));
    return this.#queue;
  }

  /** Starts no further run; one that is under way ends without retries. */
  stop(): void {
    this.#stopping.abort();
  }

  async #loop(): Promise<void> {
    const { clock, sleep, trigger } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#nextMs !== undefined) {
      const dueMs = this.#nextMs;
      const remainingMs = dueMs - clock();
      if (remainingMs > 0) {
        await sleep(Math.min(remainingMs, longestDelayMs), signal);
        continue;
      }
      const startedMs = clock();
      await this.run(startedMs - dueMs > pastDueMs);
      this.#lastMs = dueMs;
      this.#nextMs = trigger.schedule.next(startedMs);
    }
  }

  async #runWithRetries(isPastDue: boolean): Promise<void> {
    const { target, trigger, retry, runner, random, sleep } = this.#options;
    const { signal } = this.#stopping;
    const inputData = [{ name: trigger.bindingName, data: text(this.#timerInfo(isPastDue)) }];
    let exception: RpcException | undefined;
    for (let retryCount = 0; !signal.aborted; retryCount += 1) {
      const context = retry && { retryCount, maxRetryCount: retry.maxRetryCount, ...(exception && { exception }) };
      try {
        await runner.run(target, { inputData, triggerMetadata: {} }, context);
        return;
      } catch (error) {
        if (retry === undefined || (retry.maxRetryCount >= 0 && retryCount >= retry.maxRetryCount)) return;
        exception = toException(error);
        await sleep(retry.delayMs(retryCount + 1, random), signal);
      }
    }
  }

  /** The timer's JSON as .NET writes it; the status is the one before this run. */
  #timerInfo(isPastDue: boolean): string {
    const last = this.#lastMs === undefined ? '0001-01-01T00:00:00' : isoWithOffset(this.#lastMs);
    const status = { Last: last, Next: this.#nextMs && isoWithOffset(this.#nextMs), LastUpdated: last };
    return JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: this.#options.trigger.monitored ? status : null,
      IsPastDue: isPastDue,
    });
  }
}

function isoWithOffset(ms: number): string {
  return new Date(ms).toISOString().replace(/(?:\.000)?Z$/, '+00:00');
}

function toException(error: unknown): RpcException {
  if (!(error instanceof Error)) return { message: String(error) };
  return { message: error.message, source: '', stackTrace: error.stack ?? '' };
}
