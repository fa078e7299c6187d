import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChildSpec } from '../../../../infra/local/stack/child.ts';
import { type Supervised, type SuperviseOptions, supervise } from '../../../../infra/local/stack/supervise.ts';
import * as z from '../../../../shared/zod.ts';
import { patiently } from '../patiently.ts';
import { isRunning } from '../processes.ts';

const running: Supervised[] = [];

afterEach(async () => {
  for (const supervised of running.splice(0)) {
    supervised.kill('SIGKILL');
    await supervised.stop();
  }
});

const listening = z.object({ port: z.number() });
const portOf = (ready: unknown) => z.parse(listening, ready).port;

async function run(file: string, args: readonly string[] = [], changes: Partial<SuperviseOptions> = {}) {
  const lines: string[] = [];
  const givenUp: unknown[] = [];
  const spec: ChildSpec = {
    name: 'The program',
    file: resolve(import.meta.dirname, 'fixtures', file),
    args,
    onLine: (line) => lines.push(line),
  };
  const supervised = await supervise(spec, {
    again: () => spec,
    onGivenUp: (error) => givenUp.push(error),
    restartDelayMs: 1,
    ...changes,
  });
  running.push(supervised);
  return { supervised, spec, lines, givenUp };
}

describe('a supervised program', () => {
  it('is started again when it was killed, with what its first start reported', async () => {
    const reports: unknown[] = [];
    const { supervised, spec, lines } = await run('listens.ts', ['0'], {
      again: (ready) => {
        reports.push(ready);
        return { ...spec, args: [String(portOf(ready))] };
      },
    });
    const firstPid = supervised.pid();
    const port = portOf(supervised.ready);

    supervised.kill('SIGKILL');
    await patiently(() => lines).toContain('The program: runs again');

    expect(isRunning(firstPid)).toBe(false);
    expect(isRunning(supervised.pid())).toBe(true);
    expect(reports).toEqual([{ type: 'ready', port }]);
    expect(lines).toContain('The program: ended, is started again');
    await expect(run('listens.ts', [String(port)])).rejects.toThrow(/EADDRINUSE/);
  });

  it('is given back what it forgot before it counts as running again, even when that fails at first', async () => {
    const given: number[] = [];
    const { supervised, lines } = await run('stubborn.ts', [], {
      onBack: async () => {
        given.push(supervised.pid());
        if (given.length === 1) throw new Error('not now');
      },
    });

    supervised.kill('SIGKILL');
    await patiently(() => lines.slice(-2)).toEqual(['The program: Error: not now', 'The program: runs again']);
    supervised.kill('SIGKILL');
    await patiently(() => given).toHaveLength(2);

    expect(given.at(-1)).toBe(supervised.pid());
  });

  it('is given up when it ends again and again', async () => {
    const { givenUp } = await run('short-lived.ts', [], { maxRestarts: 1 });

    await patiently(() => givenUp).toEqual([new Error('The program ended 2 times and is not started again')]);
  });

  it('is given up with its own words when it cannot start again', async () => {
    const { supervised, givenUp, spec } = await run('stubborn.ts', [], {
      again: () => ({ ...spec, file: resolve(import.meta.dirname, 'fixtures/refuses.ts') }),
    });

    supervised.kill('SIGKILL');
    await patiently(() => givenUp).toHaveLength(1);

    expect(String(givenUp[0])).toContain('reason 2000 of 2000 why this program does not start');
  });

  it('reports a first start that fails to the caller', async () => {
    await expect(run('refuses.ts')).rejects.toThrow(/reason 1 of 2000/);
  });
});

describe('a supervised program that is stopped', () => {
  it('ends on SIGTERM and is not started again', async () => {
    const { supervised, lines, givenUp } = await run('listens.ts', ['0']);

    await supervised.stop();

    expect(isRunning(supervised.pid())).toBe(false);
    expect(lines.filter((line) => line.startsWith('The program'))).toEqual([]);
    expect(givenUp).toEqual([]);
  });

  // Windows has no SIGTERM: the program ends when its parent lets go of it, and can't ignore that.
  it.skipIf(process.platform === 'win32')('is killed when it ignores SIGTERM for too long', async () => {
    const { supervised, lines } = await run('stubborn.ts', [], { stopTimeoutMs: 100 });

    await supervised.stop();

    expect(isRunning(supervised.pid())).toBe(false);
    await patiently(() => lines).toContain('SIGTERM is ignored');
  });

  it('ends even when it is just being started again', async () => {
    let stopped: Promise<void> | undefined;
    const { supervised, lines, spec } = await run('listens.ts', ['0'], {
      again: () => {
        stopped = supervised.stop();
        return spec;
      },
    });

    supervised.kill('SIGKILL');
    await patiently(() => stopped !== undefined).toBe(true);
    await stopped;

    expect(lines.filter((line) => line === 'listening')).toHaveLength(2);
    expect(lines).not.toContain('The program: runs again');
  });
});
