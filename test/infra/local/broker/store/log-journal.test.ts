import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JournalRecord } from '../../../../../infra/local/broker/store/journal.ts';
import { decodeFrame, encodeFrame, MAGIC } from '../../../../../infra/local/broker/store/log-frames.ts';
import { LogJournal, type LogJournalOptions } from '../../../../../infra/local/broker/store/log-journal.ts';

function record(sequence: number, body = `message ${sequence}`): JournalRecord {
  const times = { enqueuedAtMs: 1, enqueuedSequence: sequence, deliveryCount: 0, deferred: false };
  return { header: { type: 'put', entity: 'q', sequence, ...times }, body: Buffer.from(body) };
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'log-journal-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

interface Reopened {
  readonly journal: LogJournal;
  readonly records: JournalRecord[];
  readonly warnings: string[];
}

/** Opens a journal whose snapshot is what it replayed. */
async function reopen(dir: string, options: Partial<LogJournalOptions> = {}): Promise<Reopened> {
  const records: JournalRecord[] = [];
  const warnings: string[] = [];
  const journal = new LogJournal({
    dir,
    snapshot: () => records,
    snapshotBytes: () => Number.POSITIVE_INFINITY,
    warn: (message) => warnings.push(message),
    failed: (error) => expect.fail(error.message),
    ...options,
  });
  await journal.replay((each) => records.push(each));
  await journal.open();
  return { journal, records, warnings };
}

const safe = (journal: LogJournal) => new Promise<void>((resolve) => journal.whenSafe(resolve));
const log = (dir: string) => join(dir, 'messages.log');

describe('frames', () => {
  it('give back the records that they hold', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(bodies, (all) => {
        const records = all.map((body, index) => ({ ...record(index), body: Buffer.from(body) }));
        const frame = encodeFrame(records);
        expect(decodeFrame(Buffer.concat([MAGIC, frame]), MAGIC.length)).toEqual({
          records,
          end: MAGIC.length + frame.length,
        });
      }),
    );
  });

  it('are refused when any byte is missing or changed', () => {
    const frame = encodeFrame([record(1), record(2)]);
    for (let length = 0; length < frame.length; length++)
      expect(decodeFrame(frame.subarray(0, length), 0)).toBeUndefined();
    for (let index = 0; index < frame.length; index++) {
      const damaged = Buffer.from(frame);
      damaged[index] = (damaged[index] ?? 0) ^ 0x01;
      expect(decodeFrame(damaged, 0)).toBeUndefined();
    }
    expect(decodeFrame(Buffer.alloc(64), 0)).toBeUndefined();
  });
});

describe('LogJournal', () => {
  it('gives back what was appended, in order', async () => {
    const dir = await folder();
    const first = await reopen(dir);
    first.journal.append([record(1), record(2)]);
    await safe(first.journal);
    first.journal.append([record(3)]);
    await first.journal.close();
    const second = await reopen(dir);
    expect(second.records).toEqual([record(1), record(2), record(3)]);
    await second.journal.close();
    const third = await reopen(dir);
    expect(third.records).toEqual([record(1), record(2), record(3)]);
    await third.journal.close();
  });

  it('calls nothing safe before it is in the file, and then in order', async () => {
    const dir = await folder();
    const { journal } = await reopen(dir);
    const calls: number[] = [];
    const sizes: Promise<number>[] = [];
    for (let index = 0; index < 5; index++) {
      journal.append([record(index)]);
      journal.whenSafe(() => {
        calls.push(index);
        sizes.push(stat(log(dir)).then(({ size }) => size));
        if (index === 1) journal.whenSafe(() => calls.push(99));
      });
    }
    expect(calls).toEqual([]);
    await safe(journal);
    expect(calls).toEqual([0, 1, 2, 3, 4, 99]);
    const whole = MAGIC.length + encodeFrame([record(0)]).length * 5;
    expect(await Promise.all(sizes)).toEqual([whole, whole, whole, whole, whole]);
    await journal.close();
  });

  it('calls back at once when everything is safe already', async () => {
    const { journal } = await reopen(await folder());
    let called = false;
    journal.whenSafe(() => {
      called = true;
    });
    expect(called).toBe(true);
    await journal.close();
  });

  it('leaves out a write that was cut short, says so and keeps its bytes', async () => {
    const dir = await folder();
    const first = await reopen(dir);
    first.journal.append([record(1)]);
    await first.journal.close();
    const torn = encodeFrame([record(2)]).subarray(0, -3);
    await appendFile(log(dir), torn);
    const second = await reopen(dir);
    expect(second.records).toEqual([record(1)]);
    expect(second.warnings).toEqual([expect.stringContaining(`${torn.length} bytes`)]);
    second.journal.append([record(3)]);
    await second.journal.close();
    const aside = (await readdir(dir)).find((name) => name.includes('cut-at'));
    expect(await readFile(join(dir, String(aside)))).toEqual(torn);
    const third = await reopen(dir);
    expect([third.records, third.warnings]).toEqual([[record(1), record(3)], []]);
    await third.journal.close();
  });

  it('refuses a file that is something else', async () => {
    const dir = await folder();
    await writeFile(log(dir), 'something else entirely');
    await expect(reopen(dir)).rejects.toThrow(/is not a message log/);
    expect(await readFile(log(dir), 'utf8')).toBe('something else entirely');
  });

  it('ignores a snapshot that was not finished', async () => {
    const dir = await folder();
    const first = await reopen(dir);
    first.journal.append([record(1)]);
    await first.journal.close();
    await writeFile(`${log(dir)}.new`, 'half a snap');
    const second = await reopen(dir);
    expect(second.records).toEqual([record(1)]);
    await second.journal.close();
  });

  it('rewrites a log that is mostly dead, and loses nothing that is appended meanwhile', async () => {
    const dir = await folder();
    const live = [record(1000, 'alive')];
    const { journal } = await reopen(dir, { snapshot: () => live, snapshotBytes: () => 100, compactMinBytes: 20_000 });
    for (let index = 0; index < 100; index++) {
      journal.append([record(index, 'x'.repeat(400))]);
      if (index % 10 === 0) await safe(journal);
    }
    await safe(journal);
    expect((await stat(log(dir))).size).toBeLessThan(40_000);
    journal.append([record(2000)]);
    await journal.close();
    const { journal: second, records } = await reopen(dir);
    expect(records[0]).toEqual(live[0]);
    expect(records.at(-1)).toEqual(record(2000));
    await second.close();
  });

  it('calls nothing safe after the disk failed', async () => {
    const failures: Error[] = [];
    const { journal } = await reopen(await folder(), { failed: (error) => failures.push(error) });
    await journal.close();
    let called = false;
    journal.append([record(1)]);
    journal.whenSafe(() => {
      called = true;
    });
    await journal.close();
    expect(called).toBe(false);
    expect(failures).toEqual([expect.objectContaining({ message: expect.stringContaining('cannot be written') })]);
  });
});
