import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallBudget, MAX_WAIT_MS } from '../../../shared/delivery/call-budget.ts';
import { TransientError } from '../../../shared/errors.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { mostInAnyWindow, VirtualTime } from './virtual-time.ts';

interface Limits {
  readonly callsPerWindow: number;
  readonly windowMs: number;
}

/** Processes that share one table and one clock. */
function sharing({ callsPerWindow, windowMs }: Limits) {
  const time = new VirtualTime();
  const table = new MemoryTable();
  const started: { readonly process: number; readonly atMs: number }[] = [];
  const startMs = time.nowMs;
  let processes = 0;

  /** A process whose clock is off by `skewMs`. */
  function process(skewMs = 0, key = 'nimbus') {
    const id = processes;
    processes += 1;
    const random = () => ((id + 1) * 0.37) % 1;
    const clock = () => time.nowMs + skewMs;
    const budget = createCallBudget({ table, key, callsPerWindow, windowMs, clock, sleep: time.sleep, random });
    return {
      id,
      call: async () => {
        await budget.take();
        started.push({ process: id, atMs: time.nowMs - startMs });
      },
    };
  }

  const timesMs = () => started.map(({ atMs }) => atMs);
  return { time, table, started, timesMs, process };
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

describe('a call budget', () => {
  it('lets calls start at once while there is room, then makes them wait for it', async () => {
    const { time, timesMs, process } = sharing({ callsPerWindow: 3, windowMs: 1_000 });
    const { call } = process();
    await time.run(Promise.all(times(5, call)));
    expect(timesMs()).toEqual([0, 0, 0, 1_100, 1_100]);
  });

  it('has room again when the window has passed', async () => {
    const { time, timesMs, process } = sharing({ callsPerWindow: 2, windowMs: 1_000 });
    const { call } = process();
    await time.run(Promise.all([call(), call()]));
    await time.run(time.sleep(5_000));
    await time.run(Promise.all([call(), call()]));
    expect(timesMs()).toEqual([0, 0, 5_000, 5_000]);
  });

  it('is one for all processes, and goes on after a restart', async () => {
    const { time, timesMs, process } = sharing({ callsPerWindow: 2, windowMs: 1_000 });
    const [a, b] = [process(), process()];
    await time.run(Promise.all([a.call(), b.call(), a.call(), b.call()]));
    await time.run(process().call());
    expect(timesMs()).toEqual([0, 0, 1_100, 1_100, 2_200]);
  });

  it('keeps what has another key apart, whatever the key looks like', async () => {
    const { time, timesMs, process, table } = sharing({ callsPerWindow: 1, windowMs: 1_000 });
    const keys = ['https://api.luware.cloud/#?a', 'https://api.luware.cloud/#?b'];
    await time.run(Promise.all(keys.map((key) => process(0, key).call())));
    expect(timesMs()).toEqual([0, 0]);
    for (const { columns } of table.rows) expect(columns.rowKey).toMatch(/^[\w-]{43}$/);
  });

  it('costs one write for a process alone, and reserves together what is asked for together', async () => {
    const { time, table, process } = sharing({ callsPerWindow: 100, windowMs: 60_000 });
    const operations: string[] = [];
    table.before = (operation) => void operations.push(operation);
    const { call } = process();
    await time.run(Promise.all(times(20, call)));
    expect(operations).toEqual(['get', 'insert']);
    await time.run(call());
    expect(operations).toEqual(['get', 'insert', 'replace']);
  });

  it('sends calls away that would wait too long, each until it may come', async () => {
    const { time, process, timesMs } = sharing({ callsPerWindow: 2, windowMs: 60_000 });
    const { call } = process();
    await time.run(Promise.all([call(), call()]));
    await time.run(time.sleep(1_000));
    const failures = await time.run(Promise.all(times(4, () => failureOf(call()))));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(TransientError);
      expect(failure).toMatchObject({ message: 'no turn to call in time: 2 calls per 60 s are allowed' });
    }
    expect(failures).toMatchObject([65_000, 65_000, 131_000, 131_000].map((retryAfterMs) => ({ retryAfterMs })));
    expect(timesMs()).toEqual([0, 0]);
  });

  it('reserves nothing for those it sends away', async () => {
    const { time, process, timesMs } = sharing({ callsPerWindow: 1, windowMs: 60_000 });
    const { call } = process();
    await time.run(call());
    for (const failed of times(5, () => failureOf(call())))
      expect(await time.run(failed)).toBeInstanceOf(TransientError);
    await time.run(time.sleep(66_000 - MAX_WAIT_MS));
    await time.run(call());
    expect(timesMs()).toEqual([0, 66_000]);
  });

  it('gives up a turn that came too late, and takes another', async () => {
    const { time, table, process, timesMs } = sharing({ callsPerWindow: 1, windowMs: 1_000 });
    let isSlow = true;
    table.after = async () => {
      if (isSlow) await time.sleep(100);
      isSlow = false;
    };
    // The row is written 100 ms after the turn was chosen: more than half of the slack of 90 ms.
    table.before = (operation) => {
      isSlow = operation === 'insert';
    };
    await time.run(process().call());
    expect(timesMs()).toEqual([1_100]);
  });

  it('fails while the table does not answer, and works again after it', async () => {
    const { time, table, process, timesMs } = sharing({ callsPerWindow: 5, windowMs: 1_000 });
    const { call } = process();
    await time.run(call());
    table.goDown();
    const failures = await time.run(Promise.all(times(3, () => failureOf(call()))));
    for (const failure of failures) expect(String(failure)).toBe('TransientError: the table storage does not answer');
    table.recover();
    await time.run(Promise.all([call(), call()]));
    expect(timesMs()).toEqual([0, 0, 0]);
  });

  it('counts a reservation whose confirmation was lost', async () => {
    const { time, table, process, timesMs } = sharing({ callsPerWindow: 1, windowMs: 1_000 });
    table.after = (operation) => {
      if (operation === 'insert') throw new TransientError('connection lost');
    };
    const { call } = process();
    expect(String(await time.run(failureOf(call())))).toMatch(/connection lost/);
    await time.run(call());
    expect(timesMs()).toEqual([1_100]);
  });

  it('is not stopped by a process whose clock was an hour ahead', async () => {
    const { time, process, timesMs } = sharing({ callsPerWindow: 1, windowMs: 1_000 });
    await time.run(process(3_600_000).call());
    await time.run(process().call());
    expect(timesMs()).toEqual([0, 0]);
  });

  it('says what to do when its row is damaged', async () => {
    const { time, table, process } = sharing({ callsPerWindow: 1, windowMs: 1_000 });
    await time.run(process().call());
    const [row] = table.rows;
    const rowKey = String(row?.columns.rowKey);
    await table.replace({ partitionKey: 'call-budget', rowKey, buckets: '[["x"' }, row?.version ?? '');
    const failure = await time.run(failureOf(process().call()));
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toMatch(/damaged: remove partition "call-budget"/);
  });

  it('gives up after a while when others are always faster', async () => {
    const { time, table, process } = sharing({ callsPerWindow: 5, windowMs: 1_000 });
    table.before = (operation, { partitionKey, rowKey }) => {
      if (operation === 'get') return;
      table.before = () => undefined;
      const others = table.rows[0];
      const row = { partitionKey, rowKey, buckets: '[]' };
      const write = others === undefined ? table.insert(row) : table.replace(row, others.version);
      return write.then(() => {
        table.before = before;
      });
    };
    const before = table.before;
    const failure = await time.run(failureOf(process().call()));
    expect(failure).toBeInstanceOf(TransientError);
    expect(String(failure)).toMatch(/too many processes/);
    expect(failure).toHaveProperty('retryAfterMs', expect.any(Number));
  });

  it('never lets more start in any window, with any load, any latency and clocks that are a little apart', async () => {
    const burst = fc.record({ process: fc.nat(2), afterMs: fc.nat(1_500), calls: fc.integer({ min: 1, max: 15 }) });
    const skews = fc.tuple(fc.nat(45), fc.nat(45), fc.nat(45));
    const latencies = fc.array(fc.nat(40), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(burst, { maxLength: 25 }),
        skews,
        latencies,
        fc.integer({ min: 1, max: 20 }),
        async (bursts, skewsMs, latenciesMs, callsPerWindow) => {
          const { time, table, timesMs, process } = sharing({ callsPerWindow, windowMs: 1_000 });
          const processes = skewsMs.map((skewMs) => process(skewMs));
          let operations = 0;
          const lag = () => time.sleep(latenciesMs[operations++ % latenciesMs.length] ?? 0);
          table.before = lag;
          table.after = lag;
          const calls: Promise<unknown>[] = [];
          for (const { process: index, afterMs, calls: count } of bursts) {
            await time.run(time.sleep(afterMs));
            calls.push(...times(count, () => failureOf(processes[index]?.call() ?? Promise.resolve())));
          }
          const outcomes = await time.run(Promise.all(calls));
          expect(mostInAnyWindow(timesMs(), 1_000)).toBeLessThanOrEqual(callsPerWindow);
          // Nobody is lost: every call started or was sent away.
          const sentAway = outcomes.filter((outcome) => outcome instanceof TransientError);
          expect(timesMs().length + sentAway.length).toBe(calls.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets every process have its share when all want more than there is', async () => {
    const { time, started, process } = sharing({ callsPerWindow: 30, windowMs: 1_000 });
    const endMs = time.nowMs + 20_000;
    const processes = times(3, () => process());
    const worker = async (call: () => Promise<void>) => {
      while (time.nowMs < endMs) await failureOf(call());
    };
    await time.run(Promise.all(processes.flatMap(({ call }) => times(20, () => worker(call)))));
    const shares = processes.map(({ id }) => started.filter((start) => start.process === id).length);
    for (const share of shares) expect(share / started.length).toBeGreaterThan(0.2);
    expect(started.length).toBeGreaterThan(30 * 20 * 0.85);
  });
});
