import { describe, expect, it } from 'vitest';
import type { Payload } from '../../../../infra/local/host/function-runner.ts';
import type { RetryPolicy } from '../../../../infra/local/host/retry-policy.ts';
import type { RetryContext } from '../../../../infra/local/host/rpc.ts';
import { TimerListener } from '../../../../infra/local/host/timer-listener.ts';
import { parseSchedule } from '../../../../infra/local/host/timer-schedule.ts';
import type { TimerTrigger } from '../../../../infra/local/host/triggers.ts';
import { loadedFunction } from './functions.ts';

const startMs = Date.parse('2026-11-20T10:00:00Z');

interface Run {
  atMs: number;
  info: { ScheduleStatus: { Last: string; Next: string } | null; IsPastDue: boolean };
  retryContext: RetryContext | undefined;
}

/** A timer on a clock that only moves when the timer waits, or when a run takes time. */
function timer(options: {
  schedule: string;
  runOnStartup?: boolean;
  monitored?: boolean;
  retry?: RetryPolicy;
  stopAfterRuns: number;
  durationMs?: (run: number) => number;
  fails?: (run: number) => boolean;
}) {
  let nowMs = startMs;
  const schedule = parseSchedule(options.schedule);
  if (schedule === undefined) throw new Error('bad schedule');
  const trigger: TimerTrigger = {
    kind: 'timer',
    bindingName: 'timer',
    schedule,
    runOnStartup: options.runOnStartup ?? false,
    monitored: options.monitored ?? true,
  };
  const runs: Run[] = [];
  const waits: number[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let active = 0;
  const run = async (_: unknown, payload: Payload, retryContext?: RetryContext) => {
    active += 1;
    expect(active).toBe(1);
    runs.push({ atMs: nowMs - startMs, info: JSON.parse(payload.inputData[0]?.data?.string ?? ''), retryContext });
    nowMs += options.durationMs?.(runs.length) ?? 0;
    await Promise.resolve();
    active -= 1;
    if (runs.length >= options.stopAfterRuns) {
      listener.stop();
      finish();
    }
    if (options.fails?.(runs.length)) throw new Error(`run ${runs.length} fails`);
    return {};
  };
  const listener = new TimerListener({
    target: loadedFunction('tick', trigger),
    trigger,
    retry: options.retry,
    runner: { run },
    clock: () => nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      await new Promise(setImmediate);
      nowMs += ms;
    },
  });
  return { listener, runs, waits, finished };
}

describe('TimerListener', () => {
  it('runs at each occurrence and tells the status before the run', async () => {
    const { listener, runs, finished } = timer({ schedule: '0 */5 * * * *', stopAfterRuns: 2 });
    listener.start();
    await finished;
    expect(runs.map((run) => run.atMs)).toEqual([300_000, 600_000]);
    expect(runs[0]?.info).toEqual({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: '0001-01-01T00:00:00',
        Next: '2026-11-20T10:05:00+00:00',
        LastUpdated: '0001-01-01T00:00:00',
      },
      IsPastDue: false,
    });
    expect(runs[1]?.info.ScheduleStatus).toMatchObject({
      Last: '2026-11-20T10:05:00+00:00',
      Next: '2026-11-20T10:10:00+00:00',
    });
  });

  it('has no status without a monitor', async () => {
    const { listener, runs, finished } = timer({ schedule: '00:00:10', monitored: false, stopAfterRuns: 1 });
    listener.start();
    await finished;
    expect(runs[0]?.info.ScheduleStatus).toBeNull();
  });

  it('runs at start when asked to, and then on schedule', async () => {
    const { listener, runs, finished } = timer({ schedule: '00:05:00', runOnStartup: true, stopAfterRuns: 2 });
    listener.start();
    await finished;
    expect(runs.map((run) => [run.atMs, run.info.IsPastDue])).toEqual([
      [0, false],
      [300_000, false],
    ]);
  });

  it('runs a missed occurrence once, late and marked, and never two at a time', async () => {
    const { listener, runs, finished } = timer({
      schedule: '0 */5 * * * *',
      stopAfterRuns: 3,
      durationMs: (run) => (run === 1 ? 12 * 60_000 : 0),
    });
    listener.start();
    await finished;
    expect(runs.map((run) => [run.atMs / 60_000, run.info.IsPastDue])).toEqual([
      [5, false],
      [17, true],
      [20, false],
    ]);
  });

  it('waits for far occurrences in pieces a Node.js timer can take', async () => {
    const { listener, waits, finished, runs } = timer({ schedule: '0 0 0 1 1 *', stopAfterRuns: 1 });
    listener.start();
    await finished;
    expect(Math.max(...waits)).toBeLessThan(2 ** 31);
    expect(waits.length).toBeGreaterThan(1);
    expect(new Date(startMs + (runs[0]?.atMs ?? 0)).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  });

  it('retries a failed run and tells the function about it', async () => {
    const retry: RetryPolicy = { maxRetryCount: 2, delayMs: (count) => count * 1000 };
    const { listener, runs, waits, finished } = timer({
      schedule: '00:05:00',
      retry,
      stopAfterRuns: 4,
      fails: () => true,
    });
    listener.start();
    await finished;
    expect(runs.map((run) => run.retryContext)).toMatchObject([
      { retryCount: 0, maxRetryCount: 2 },
      { retryCount: 1, exception: { message: 'run 1 fails' } },
      { retryCount: 2, exception: { message: 'run 2 fails' } },
      { retryCount: 0 },
    ]);
    expect(runs[0]?.retryContext).not.toHaveProperty('exception');
    expect(waits.slice(1, 3)).toEqual([1000, 2000]);
  });

  it('does not retry without a policy and gives no retry context', async () => {
    const { listener, runs, finished } = timer({ schedule: '00:05:00', stopAfterRuns: 2, fails: () => true });
    listener.start();
    await finished;
    expect(runs.map((run) => run.atMs)).toEqual([300_000, 600_000]);
    expect(runs[0]?.retryContext).toBeUndefined();
  });

  it('queues a run by hand behind the run under way', async () => {
    const { listener, runs } = timer({ schedule: '00:05:00', stopAfterRuns: 9 });
    await Promise.all([listener.run(false), listener.run(false)]);
    expect(runs).toHaveLength(2);
  });
});
