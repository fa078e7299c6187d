import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { type Child, ChildError, type ChildSpec, startChild } from '../../../../infra/local/stack/child.ts';
import { pretendPlatform } from '../../../helpers/pretend-platform.ts';
import { patiently } from '../patiently.ts';
import { descendantsOf, isRunning } from '../processes.ts';

const children: Child[] = [];
const parents: ChildProcess[] = [];

afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await child.ended;
  }
});

const fixture = (name: string) => resolve(import.meta.dirname, 'fixtures', name);

async function start(name: string, parts: Partial<ChildSpec> = {}) {
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  const child = await startChild({ name: 'The program', file: fixture(name), args: [], onLine, ...parts });
  children.push(child);
  return { child, lines };
}

describe('a program that is started', () => {
  it('is ready when it says so by message, and its output is passed on', async () => {
    const { child, lines } = await start('listens.ts', { args: ['0'] });

    expect(child.ready).toEqual({ type: 'ready', port: expect.any(Number) });
    await patiently(() => lines.toSorted()).toEqual(['a warning', 'listening']);
    expect(isRunning(child.pid)).toBe(true);
  });

  it('is ready when all its lines have appeared, and reports what they capture in the order asked for', async () => {
    const readyLines = [/^First service is listening at :(\d+)$/, /^Second service is listening at :(\d+)$/];
    const { child, lines } = await start('prints.ts', { readyLines });

    expect(child.ready).toEqual(['11', '22']);
    expect(lines).toContain('something else');
  });

  it('gets the environment it is given', async () => {
    const file = fixture('prints.ts');
    await expect(start('prints.ts', { file, env: { NODE_OPTIONS: '--no-such-option' } })).rejects.toThrow(
      /--no-such-option/,
    );
  });

  it('has ended when it was killed', async () => {
    const { child } = await start('stubborn.ts');

    child.kill('SIGKILL');
    await child.ended;

    expect(isRunning(child.pid)).toBe(false);
  });
});

describe('a program that is told to end', () => {
  it('closes in its own way on Windows too, where SIGTERM would end it at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'child-'));
    try {
      const file = join(folder, 'closed');
      const { child } = await start('listens.ts', { args: ['0', file] });
      pretendPlatform('win32');

      child.kill('SIGTERM');
      child.kill('SIGTERM');
      await child.ended;

      expect(await readFile(file, 'utf8')).toBe('closed');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a program that does not get ready', () => {
  it('has everything it wrote to its error output told, to the last line', async () => {
    const error = await start('refuses.ts').catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ChildError);
    const lines = error instanceof Error ? error.message.split('\n') : [];
    expect(lines).toHaveLength(2_000);
    expect(lines.at(-1)).toBe('reason 2000 of 2000 why this program does not start');
  });

  it('is named when it ends without a word', async () => {
    await expect(start('short-lived.ts', { readyLines: [/never/] })).rejects.toThrow(
      new ChildError('The program ended before it was ready'),
    );
  });

  it('is killed when its time is up', async () => {
    const before = descendantsOf(process.pid);

    await expect(start('prints.ts', { readyTimeoutMs: 10 })).rejects.toThrow(
      new ChildError('The program was not ready in time'),
    );

    await patiently(() => descendantsOf(process.pid).filter((pid) => !before.includes(pid))).toEqual([]);
  });
});

describe('a program whose parent is killed', () => {
  function startParent(...args: string[]): ChildProcess {
    const parent = spawn(process.execPath, ['--import', 'tsx', fixture('parent.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    parents.push(parent);
    return parent;
  }

  async function childOf(parent: ChildProcess): Promise<number> {
    if (parent.stdout === null) throw new Error('the parent has no output');
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    return Number(line);
  }

  it('ends though it knows nothing of a parent', async () => {
    const parent = startParent(fixture('stubborn.ts'));
    const pid = await childOf(parent);
    expect(isRunning(pid)).toBe(true);

    parent.kill('SIGKILL');

    await patiently(() => isRunning(pid)).toBe(false);
  });

  it('closes in its own way when it has one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'child-'));
    try {
      const file = join(folder, 'closed');
      const parent = startParent(fixture('listens.ts'), '0', file);
      await childOf(parent);

      parent.kill('SIGKILL');

      await patiently(() => existsSync(file) && readFile(file, 'utf8')).toBe('closed');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
