import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLastAlive } from '../../../shared/relay/last-alive.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'last-alive-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const AT_MS = Date.parse('2025-03-05T14:07:00.123Z');

describe('the last sign of life', () => {
  it('is unknown to the first process, and then the last that was noted', async () => {
    const path = join(folder, 'kept');
    const log = new RecordingLog();
    const first = await openLastAlive(path, log);
    expect(first.previousMs).toBeUndefined();
    await first.note(AT_MS - 5_000);
    await first.note(AT_MS);
    expect((await openLastAlive(path, log)).previousMs).toBe(AT_MS);
    expect(log.entries).toEqual([]);
  });

  it('is unknown where the file is damaged', async () => {
    const path = join(folder, 'damaged');
    await mkdir(path);
    await writeFile(join(path, 'last-alive'), '\0\0');
    expect((await openLastAlive(path, new RecordingLog())).previousMs).toBeUndefined();
  });

  it('says once that it can not be kept', async () => {
    const path = join(folder, 'a-file');
    await writeFile(path, '');
    const log = new RecordingLog();
    const lastAlive = await openLastAlive(path, log);
    await lastAlive.note(AT_MS);
    await lastAlive.note(AT_MS);
    expect(log.entries).toMatchObject([{ level: 'warn', message: 'last sign of life not kept' }]);
  });
});
