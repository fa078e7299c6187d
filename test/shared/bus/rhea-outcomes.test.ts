import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { splitDispositionsByOutcome } from '../../../shared/bus/rhea-outcomes.ts';

const FIXTURE = fileURLToPath(new URL('./settle-side-by-side.ts', import.meta.url));

/** Runs the fixture in a process of its own; gives the first thing it says. */
async function run(...args: string[]): Promise<unknown> {
  const child = fork(FIXTURE, args, { execArgv: ['--import', 'tsx'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [message] = await once(child, 'message');
  return message;
}

describe('settling several messages in one turn', () => {
  it('loses an abandoned message beside a completed one, as rhea is', async () => {
    expect(await run('as-it-is', String(await run('broker')))).toEqual({ left: [], dead: [4] });
  });

  it('keeps every outcome apart once they are split', async () => {
    expect(await run('fixed', String(await run('broker')))).toEqual({ left: [2], dead: [4] });
  });

  it('may be asked for more than once', () => {
    splitDispositionsByOutcome();
    expect(splitDispositionsByOutcome).not.toThrow();
  });
});
