import { spawnSync } from 'node:child_process';
import { access, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigurationError } from '../../../../shared/errors.ts';
import { claimSpoolFolder } from '../../../../shared/relay/outbox/spool-folder.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';
import { useTempFolders } from './temp-folder.ts';

const tempFolder = useTempFolders();
const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

async function claim(folder: string, nowMs = NOW_MS) {
  const claimed = await claimSpoolFolder({ folder, clock: () => nowMs, log: new RecordingLog() });
  onTestFinished(() => claimed.release());
  return claimed;
}

/** What an instance left that began so many minutes ago. */
async function anInstance(folder: string, minutesAgo: number, segments: readonly string[], lock?: object) {
  const startedMs = NOW_MS - minutesAgo * 60_000;
  const path = join(folder, `${String(startedMs).padStart(15, '0')}-0badcafe`);
  await mkdir(path);
  for (const name of segments) await writeFile(join(path, name), name);
  if (lock === undefined) return path;
  await writeFile(join(path, 'lock'), JSON.stringify(lock));
  await utimes(join(path, 'lock'), NOW_MS / 1_000, NOW_MS / 1_000);
  return path;
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a claimed spool folder', () => {
  it('is one of its own, and is gone after its release when nothing is in it', async () => {
    const folder = await tempFolder();
    const first = await claim(folder);
    const second = await claim(folder);
    expect(first.path).not.toBe(second.path);
    expect([first.orphans, second.orphans]).toEqual([[], []]);
    await access(first.path);
    await access(first.setAside);
    await first.release();
    await second.release();
    expect(await readdir(folder)).toEqual(['set-aside']);
  });

  it('keeps its files when it is released, for the next process to adopt', async () => {
    const folder = await tempFolder();
    const first = await claim(folder);
    await writeFile(join(first.path, '00000000.events'), 'kept');
    await first.release();
    const { orphans, path } = await claim(folder);
    expect(orphans).toEqual([join(path, basename(first.path), '00000000.events')]);
    expect(await readFile(orphans[0] ?? '', 'utf8')).toBe('kept');
  });

  it('adopts the segments of dead instances, oldest first', async () => {
    const folder = await tempFolder();
    const young = await anInstance(folder, 1, ['00000000.events'], { host: hostname(), pid: deadPid() });
    const old = await anInstance(folder, 2, ['00000010.events', '00000009.events', '00000009.events.done']);
    const { orphans, path } = await claim(folder);
    expect(orphans).toEqual([
      join(path, basename(old), '00000009.events'),
      join(path, basename(old), '00000010.events'),
      join(path, basename(young), '00000000.events'),
    ]);
    await access(join(path, basename(old), '00000009.events.done'));
  });

  it('leaves those who live alone: other processes, other machines', async () => {
    const folder = await tempFolder();
    await anInstance(folder, 1, ['00000000.events'], { host: hostname(), pid: process.ppid });
    await anInstance(folder, 2, ['00000000.events'], { host: 'elsewhere', pid: deadPid() });
    await anInstance(folder, 3, ['00000000.events'], { cut: 'short' });
    expect((await claim(folder)).orphans).toEqual([]);
  });

  it('takes a lock for stale that was not touched for 30 seconds', async () => {
    const folder = await tempFolder();
    await anInstance(folder, 2, ['00000000.events'], { host: 'elsewhere', pid: 1 });
    expect((await claim(folder, NOW_MS + 30_000)).orphans).toHaveLength(0);
    expect((await claim(folder, NOW_MS + 30_001)).orphans).toHaveLength(1);
  });

  it('knows its own process id in the lock of an earlier life', async () => {
    const folder = await tempFolder();
    await anInstance(folder, 2, ['00000000.events'], { host: hostname(), pid: process.pid });
    expect((await claim(folder)).orphans).toHaveLength(1);
  });

  it('moves up what a dead instance had adopted itself, and keeps the order', async () => {
    const folder = await tempFolder();
    const middle = await anInstance(folder, 2, ['00000000.events']);
    const oldest = await anInstance(middle, 3, ['00000000.events']);
    await anInstance(middle, 4, []);
    const youngest = await anInstance(folder, 1, ['00000000.events']);
    const { orphans, path } = await claim(folder);
    expect(orphans).toEqual(
      [oldest, middle, youngest].map((instance) => join(path, basename(instance), '00000000.events')),
    );
  });

  it('does not keep folders of instances that left nothing', async () => {
    const folder = await tempFolder();
    await anInstance(folder, 1, []);
    await anInstance(folder, 2, [], { host: hostname(), pid: deadPid() });
    const { path } = await claim(folder);
    expect(await readdir(path)).toEqual(['lock']);
  });

  it('gives a dead instance to one of those who claim at the same time', async () => {
    const folder = await tempFolder();
    await anInstance(folder, 1, ['00000000.events']);
    const claims = await Promise.all([claim(folder), claim(folder), claim(folder)]);
    expect(claims.flatMap(({ orphans }) => orphans)).toHaveLength(1);
  });

  it('that can not be written is a wrong setting', async () => {
    const folder = join(await tempFolder(), 'file');
    await writeFile(folder, '');
    await expect(claim(folder)).rejects.toThrow(ConfigurationError);
    await expect(claim(folder)).rejects.toThrow(`${folder} can't be written (ENOTDIR)`);
  });
});
