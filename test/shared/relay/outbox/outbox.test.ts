import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError, TransientError } from '../../../../shared/errors.ts';
import { type Outbox, type OutboxOptions, openOutbox } from '../../../../shared/relay/outbox/outbox.ts';
import { encodeFrame } from '../../../../shared/relay/outbox/spool-frames.ts';
import { anEvent } from '../../../helpers/an-event.ts';
import { RecordingLog } from '../../../helpers/recording-log.ts';
import { useTempFolders } from './temp-folder.ts';
import { TopicBus } from './topic-bus.ts';

const tempFolder = useTempFolders();
const opened: Outbox[] = [];
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const outbox of opened.splice(0)) await outbox.close(0);
});

async function outboxUnderTest(options: Partial<OutboxOptions> = {}) {
  const bus = new TopicBus();
  const log = new RecordingLog();
  const folder = options.folder ?? (await tempFolder());
  const outbox = await openOutbox({
    bus,
    topic: 'events',
    lanes: 32,
    folder,
    bufferMaxBytes: 10_000_000,
    spoolMaxBytes: 10_000_000,
    log,
    clock: Date.now,
    // The shortest delays that there are.
    random: () => 0,
    ...options,
  });
  opened.push(outbox);
  const put = (id: string, subject = 'call', mergeKey?: string) =>
    outbox.put({ event: anEvent({ id, subject }), mergeKey });
  return { bus, log, folder, outbox, put };
}

const farAway = () => Date.now() + 60_000;
const until = <T>(read: () => T) => expect.poll(read, { timeout: 5_000, interval: 5 });

/** Names of the events from `first` to `last`. */
function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

/** What all open files share, to make the disk fail. */
async function fileMethods(): Promise<{
  write(bytes: Buffer, from: number, length: number, at: number): Promise<{ bytesWritten: number }>;
  datasync(): Promise<void>;
}> {
  const file = await open(import.meta.filename);
  await file.close();
  return Object.getPrototypeOf(file);
}

/** The folders of running and dead instances. */
async function instancesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'set-aside');
}

describe('an outbox whose bus answers', () => {
  it('sends what came within ten milliseconds together', async () => {
    const { bus, put } = await outboxUnderTest();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    put('1');
    await vi.advanceTimersByTimeAsync(9);
    put('2');
    expect(bus.sends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(bus.sends).toEqual([['1', '2']]);
    put('3');
    await vi.advanceTimersByTimeAsync(9);
    expect(bus.sends).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(bus.sends.at(-1)).toEqual(['3']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends a hundred at once', async () => {
    const { bus, put, outbox } = await outboxUnderTest();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const id of range(1, 150)) put(id);
    await vi.advanceTimersByTimeAsync(0);
    expect(bus.sends).toEqual([range(1, 100)]);
    expect(outbox.status()).toMatchObject({ sent: 100, buffered: 50 });
    await vi.advanceTimersByTimeAsync(10);
    expect(bus.sends.at(-1)).toEqual(range(101, 150));
    expect(outbox.status()).toMatchObject({ sent: 150, buffered: 0, bufferedBytes: 0 });
  });

  it('gives each subject its lane', async () => {
    const { bus, put } = await outboxUnderTest({ lanes: 0 });
    put('1', 'a');
    put('2', 'b');
    put('3', 'a');
    await until(() => Object.fromEntries(bus.lanes)).toEqual({ a: ['1', '3'], b: ['2'] });
  });

  it('merges nothing', async () => {
    const { bus, put } = await outboxUnderTest();
    for (const id of range(1, 5)) put(id, 'queue', 'status');
    await until(() => bus.ids).toEqual(range(1, 5));
  });

  it('goes on around an event that is too large, and keeps that one', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest();
    const cause = Object.assign(new Error('too large'), { code: 'MessageSizeExceeded' });
    bus.before = (ids) => {
      if (ids.includes('42')) throw new TransientError('not confirmed', { cause });
    };
    for (const id of range(1, 99)) put(id);
    await until(() => bus.ids).toEqual(range(1, 99).filter((id) => id !== '42'));
    expect(outbox.status()).toMatchObject({ setAside: 1, sent: 98, buffered: 0, bufferedBytes: 0, discarded: 0 });
    const [file = ''] = await readdir(join(folder, 'set-aside'));
    expect(JSON.parse(await readFile(join(folder, 'set-aside', file), 'utf8'))).toMatchObject({ id: '42' });
  });

  it('does not throw for what can not be written, and says so', async () => {
    const { outbox, put, bus, log } = await outboxUnderTest();
    outbox.put({ event: anEvent({ data: { secret: 1n } }), mergeKey: undefined });
    put('1');
    await until(() => bus.ids).toEqual(['1']);
    expect(outbox.status()).toMatchObject({ discarded: 1, buffered: 0 });
    expect(log.text).toContain('an event could not be kept');
  });
});

describe('an outbox whose bus is away', () => {
  it('spools what it has, and sends it in order when the bus is back, before anything new', async () => {
    const { bus, put, outbox, folder, log } = await outboxUnderTest();
    bus.goAway();
    for (const id of range(1, 150)) put(id);
    await until(() => outbox.status()).toMatchObject({ buffered: 0, spooled: 150, isBusReachable: false });
    expect(outbox.status().lastSendError).toBe('the bus is away');
    for (const id of range(151, 400)) put(id);
    await until(() => outbox.status()).toMatchObject({ buffered: 0, spooled: 400, sent: 0 });
    expect(outbox.status().spoolBytes).toBeGreaterThan(400 * 100);
    bus.comeBack();
    put('401');
    await until(() => bus.ids).toEqual(range(1, 401));
    put('402');
    await until(() => bus.ids).toEqual(range(1, 402));
    await until(() => outbox.status()).toMatchObject({ spooled: 0, spoolBytes: 0, sent: 402, isBusReachable: true });
    const [instance = ''] = await instancesIn(folder);
    await until(() => readdir(join(folder, instance))).toEqual(['lock']);
    expect(log.entries.map(({ message }) => message)).toEqual([
      'the bus does not take events: they are spooled',
      'the bus takes events again',
    ]);
  });

  it('spools what hangs for a second', async () => {
    let nowMs = 1_000;
    const { bus, put, outbox } = await outboxUnderTest({ clock: () => nowMs });
    const confirms: (() => void)[] = [];
    bus.before = () => new Promise((resolve) => confirms.push(resolve));
    put('1');
    await until(() => confirms.length).toBe(1);
    put('2');
    expect(outbox.status()).toMatchObject({ spooled: 0 });
    nowMs += 1_000;
    await until(() => outbox.status()).toMatchObject({ buffered: 0, spooled: 2, sent: 0 });
    bus.comeBack();
    confirms[0]?.();
    await until(() => bus.ids).toEqual(['1', '2']);
  });

  it('spools what has waited for a second at a bus that is slow, until that keeps up', async () => {
    let nowMs = 1_000;
    const { bus, put, outbox } = await outboxUnderTest({ clock: () => nowMs, lanes: 1, maxBatch: 2 });
    const confirms: (() => void)[] = [];
    bus.before = () => new Promise((resolve) => confirms.push(resolve));
    const confirmNext = async () => {
      await until(() => confirms.length).toBe(1);
      nowMs += 600;
      confirms.shift()?.();
    };
    for (const id of range(1, 6)) put(id);
    await confirmNext();
    await until(() => outbox.status()).toMatchObject({ sent: 2, buffered: 4, spooled: 0 });
    await confirmNext();
    await until(() => outbox.status()).toMatchObject({ sent: 4, buffered: 0, spooled: 2, isBusReachable: true });
    put('7');
    await until(() => outbox.status()).toMatchObject({ buffered: 0, spooled: 3 });

    bus.comeBack();
    await confirmNext();
    await until(() => bus.ids).toEqual(range(1, 7));
    await until(() => outbox.status().spooled).toBe(0);
    bus.before = () => new Promise((resolve) => confirms.push(resolve));
    put('8');
    await until(() => confirms.length).toBe(1);
    expect(outbox.status()).toMatchObject({ buffered: 1, spooled: 0 });
    bus.comeBack();
    confirms.shift()?.();
  });

  it('keeps on spooling while what it reads back waits too long as well', async () => {
    let nowMs = 1_000;
    const { bus, put, outbox } = await outboxUnderTest({ clock: () => nowMs, lanes: 1, maxBatch: 2 });
    const confirms: (() => void)[] = [];
    bus.before = () => new Promise((resolve) => confirms.push(resolve));
    let count = 0;
    let mostBuffered = 0;
    const putNext = () => {
      count += 1;
      put(String(count));
    };
    putNext();
    for (let round = 0; round < 30; round += 1) {
      await until(() => confirms.length).toBe(1);
      for (let each = 0; each < 4; each += 1) putNext();
      nowMs += 600;
      if (round > 3) {
        await until(() => outbox.status().spooled).toBe(count - outbox.status().sent);
        mostBuffered = Math.max(mostBuffered, outbox.status().buffered);
      }
      confirms.shift()?.();
    }
    expect(mostBuffered).toBe(0);
    bus.comeBack();
    for (const confirm of confirms) confirm();
    await until(() => bus.ids).toEqual(range(1, count));
  });

  it('counts the time in the spool as waiting', async () => {
    let nowMs = 1_000;
    const { bus, put, outbox } = await outboxUnderTest({
      clock: () => nowMs,
      lanes: 1,
      maxBatch: 1,
      bufferMaxBytes: 2_600,
    });
    bus.goAway();
    const data = { text: 'x'.repeat(500) };
    for (const id of range(1, 5)) outbox.put({ event: anEvent({ id, subject: 'call', data }), mergeKey: undefined });
    put('6');
    await until(() => outbox.status().spooled).toBe(6);
    nowMs = 5_000;
    let confirm = () => {};
    bus.before = (ids) => (ids.includes('6') ? new Promise((resolve) => (confirm = resolve)) : undefined);
    await until(() => outbox.status().sent).toBe(5);
    put('7');
    await until(() => outbox.status().buffered).toBe(0);
    bus.comeBack();
    confirm();
    await until(() => bus.ids).toEqual(range(1, 7));
  });

  it('says since when events wait for the bus, and since when they are nowhere else', async () => {
    let nowMs = 1_000;
    const { bus, put, outbox } = await outboxUnderTest({ clock: () => nowMs });
    const waiting = () => [outbox.unconfirmedSinceMs(), outbox.unsavedSinceMs()];
    expect(waiting()).toEqual([undefined, undefined]);
    const confirms: (() => void)[] = [];
    bus.before = () => new Promise((resolve) => confirms.push(resolve));
    put('1');
    expect(waiting()).toEqual([1_000, 1_000]);
    await until(() => confirms.length).toBe(1);
    nowMs = 1_500;
    put('2');
    nowMs = 2_000;
    await until(() => outbox.status().spooled).toBe(2);
    expect(waiting()).toEqual([1_000, undefined]);
    put('3', 'another call');
    expect(waiting()).toEqual([1_000, 2_000]);
    await until(() => outbox.status().spooled).toBe(3);
    confirms.shift()?.();
    await until(() => outbox.status().sent).toBe(1);
    expect(waiting()).toEqual([1_500, undefined]);
    bus.comeBack();
    await until(() => {
      for (const confirm of confirms.splice(0)) confirm();
      return waiting();
    }).toEqual([undefined, undefined]);
    expect(bus.ids.toSorted()).toEqual(range(1, 3));
  });

  it('spools what exceeds its memory, and still sends in order', async () => {
    const { bus, put, outbox } = await outboxUnderTest({ bufferMaxBytes: 30_000 });
    let confirm = () => {};
    bus.before = () => new Promise((resolve) => (confirm = resolve));
    for (const id of range(1, 2_000)) put(id);
    await until(() => outbox.status()).toMatchObject({ spooled: 2_000, buffered: 0 });
    expect(outbox.status().bufferedBytes).toBeLessThan(35_000);
    bus.comeBack();
    confirm();
    await until(() => bus.ids.length).toBe(2_000);
    expect(bus.ids).toEqual(range(1, 2_000));
  });

  it('merges snapshots to the newest, at its place, and never occurrences', async () => {
    const { bus, put, outbox } = await outboxUnderTest();
    bus.goAway();
    put('first', 'queue', 'status');
    await until(() => outbox.status().spooled).toBe(1);
    const expected: string[] = [];
    for (const id of range(1, 50)) {
      put(`status-${id}`, 'queue', 'status');
      put(`call-${id}`, 'queue');
      expected.push(`call-${id}`);
      if (id === '25') await until(() => outbox.status().buffered).toBe(0);
    }
    put('other', 'queue', 'attached');
    await until(() => outbox.status().buffered).toBe(0);
    bus.comeBack();
    expected.splice(49, 0, 'status-50');
    await until(() => bus.ids.at(-1)).toBe('other');
    expect(bus.ids).toEqual([...expected, 'other']);
    expect(outbox.status()).toMatchObject({ merged: 50, sent: 52, spooled: 0, buffered: 0, bufferedBytes: 0 });
  });

  it('keeps occurrences in memory when the spool is full, and says so', async () => {
    const { bus, put, outbox, log } = await outboxUnderTest({ spoolMaxBytes: 20_000 });
    bus.goAway();
    for (const id of range(1, 300)) put(id);
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: true });
    for (const id of range(301, 310)) put(id, 'call', 'status');
    expect(outbox.status()).toMatchObject({ merged: 9, discarded: 0 });
    const { spooled, buffered, spoolBytes, bufferedBytes } = outbox.status();
    expect(spooled + buffered).toBe(301);
    expect(spoolBytes).toBeLessThanOrEqual(20_000);
    expect(bufferedBytes).toBeGreaterThan(buffered * 1_000);
    expect(log.text).toContain('the spool is full');
    bus.comeBack();
    await until(() => bus.ids).toEqual([...range(1, 300), '310']);
    expect(outbox.status()).toMatchObject({ isSpoolFull: false, spooled: 0, buffered: 0, bufferedBytes: 0 });
  });

  it('fills a full spool up again when room has come', async () => {
    const { bus, put, outbox } = await outboxUnderTest({ bufferMaxBytes: 500_000, spoolMaxBytes: 6_000_000 });
    bus.goAway();
    const data = { text: 'x'.repeat(100_000) };
    for (const id of range(1, 90)) outbox.put({ event: anEvent({ id, data }), mergeKey: undefined });
    await until(() => outbox.status().isSpoolFull).toBe(true);
    const { buffered } = outbox.status();
    bus.before = (ids) => {
      if (ids.includes('25')) throw new TransientError('the bus is away again');
    };
    await until(() => outbox.status().sent).toBe(24);
    put('91', anEvent().subject);
    await until(() => outbox.status().buffered).toBeLessThan(buffered - 10);
    bus.comeBack();
    await until(() => bus.ids).toEqual(range(1, 91));
  });

  it('keeps events in memory while the disk takes none, and spools them when it does again', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest();
    const [instance = ''] = await instancesIn(folder);
    const path = join(folder, instance);
    await rename(path, `${path}-away`);
    bus.goAway();
    for (const id of range(1, 20)) put(id);
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: true, buffered: 20, spooled: 0 });
    await rename(`${path}-away`, path);
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: false, buffered: 0, spooled: 20 });
    bus.comeBack();
    await until(() => bus.ids).toEqual(range(1, 20));
  });

  it('survives a disk that fills up in the middle of a write', async () => {
    const { bus, put, outbox, log } = await outboxUnderTest();
    bus.goAway();
    put('1');
    await until(() => outbox.status().spooled).toBe(1);
    const methods = await fileMethods();
    const write = methods.write;
    const full = vi.spyOn(methods, 'write').mockImplementation(async function (this: unknown, bytes, from, _, at) {
      // Fifty bytes at a time, and then nothing more.
      if (full.mock.calls.length > 2) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      return write.call(this, bytes, from, 50, at);
    });
    for (const id of range(2, 20)) put(id);
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: true, spooled: 1, buffered: 19 });
    expect(log.text).toContain('the spool can not be written: events stay in memory code=ENOSPC');
    full.mockRestore();
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: false, spooled: 20, buffered: 0 });
    bus.comeBack();
    await until(() => bus.ids).toEqual(range(1, 20));
    expect(outbox.status().damaged).toBe(0);
  });

  it('calls nothing spooled before it is synced', async () => {
    const { bus, put, outbox } = await outboxUnderTest();
    let synced = () => {};
    const methods = await fileMethods();
    const sync = vi
      .spyOn(methods, 'datasync')
      .mockImplementation(() => new Promise<void>((resolve) => (synced = resolve)));
    bus.goAway();
    for (const id of range(1, 5)) put(id);
    await until(() => sync.mock.calls.length).toBe(1);
    expect(outbox.status()).toMatchObject({ spooled: 0, buffered: 5 });
    sync.mockRestore();
    synced();
    await until(() => outbox.status()).toMatchObject({ spooled: 5, buffered: 0 });
  });

  it('spools to several files, and removes each when its events are sent', async () => {
    const { bus, outbox, folder } = await outboxUnderTest();
    bus.goAway();
    const data = { text: 'x'.repeat(100_000) };
    for (const id of range(1, 70)) outbox.put({ event: anEvent({ id, data }), mergeKey: undefined });
    await until(() => outbox.status().buffered).toBe(0);
    const [instance = ''] = await instancesIn(folder);
    const segments = async () => (await readdir(join(folder, instance))).filter((name) => name.endsWith('.events'));
    expect((await segments()).length).toBeGreaterThanOrEqual(3);
    bus.before = (ids) => {
      if (ids.includes('50')) throw new TransientError('the bus is away again');
    };
    await until(() => outbox.status().sent).toBeGreaterThan(40);
    await until(async () => (await segments())[0]).not.toBe('00000000.events');
    bus.comeBack();
    await until(() => bus.ids).toEqual(range(1, 70));
    await until(segments).toEqual([]);
  });

  it('gets through without the disk', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest();
    const [instance = ''] = await instancesIn(folder);
    await rm(join(folder, instance), { recursive: true });
    bus.goAway();
    for (const id of range(1, 20)) put(id);
    await until(() => outbox.status().isSpoolFull).toBe(true);
    for (const id of range(21, 40)) put(id);
    bus.comeBack();
    await until(() => bus.ids).toEqual(range(1, 40));
    await until(() => outbox.status()).toMatchObject({ isSpoolFull: false, buffered: 0 });
  });
});

describe('closing', () => {
  it('sends what waits, and leaves nothing behind', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest({ maxWaitMs: 60_000 });
    for (const id of range(1, 10)) put(id);
    await outbox.close(farAway());
    expect(bus.ids).toEqual(range(1, 10));
    expect(await instancesIn(folder)).toEqual([]);
    put('late');
    expect(outbox.status()).toMatchObject({ discarded: 1, sent: 10 });
  });

  it('keeps the rest in the spool, beyond its limit, for the next process', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest({ spoolMaxBytes: 5_000 });
    bus.goAway();
    for (const id of range(1, 300)) put(id);
    await until(() => outbox.status().isSpoolFull).toBe(true);
    await outbox.close(Date.now() + 20);
    expect(outbox.status()).toMatchObject({ buffered: 0, spooled: 300, discarded: 0 });

    const next = await outboxUnderTest({ folder });
    next.put('301');
    await until(() => next.bus.ids).toEqual(range(1, 301));
    await next.outbox.close(farAway());
    expect(await instancesIn(folder)).toEqual([]);
  });

  it('keeps what a hanging send may not have sent', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest({ maxWaitMs: 0 });
    bus.before = () => new Promise(() => undefined);
    for (const id of range(1, 120)) put(id);
    await outbox.close(Date.now() + 20);
    const next = await outboxUnderTest({ folder });
    await until(() => next.bus.ids).toEqual(range(1, 120));
  });

  it('sends a spool until the deadline', async () => {
    const { bus, put, outbox, folder } = await outboxUnderTest();
    bus.goAway();
    for (const id of range(1, 500)) put(id);
    await until(() => outbox.status().spooled).toBe(500);
    bus.comeBack();
    await outbox.close(farAway());
    expect(bus.ids).toEqual(range(1, 500));
    expect(await instancesIn(folder)).toEqual([]);
  });

  it('says what neither bus nor disk took', async () => {
    const { bus, put, outbox, folder, log } = await outboxUnderTest();
    const [instance = ''] = await instancesIn(folder);
    await rm(join(folder, instance), { recursive: true });
    bus.goAway();
    for (const id of range(1, 20)) put(id);
    await outbox.close(Date.now() + 20);
    expect(outbox.status().discarded).toBe(20);
    expect(log.text).toContain('error events are lost: neither the bus nor the disk took them events=20');
  });
});

describe('opening', () => {
  /** A spool as a dead process left it. */
  async function deadSpool(segments: Readonly<Record<string, Buffer | string>>) {
    const folder = await tempFolder();
    const instance = join(folder, '000001700000000-0badcafe');
    await mkdir(instance);
    for (const [name, bytes] of Object.entries(segments)) await writeFile(join(instance, name), bytes);
    return folder;
  }

  const frame = (id: string, mergeKey?: string) =>
    encodeFrame({ mergeKey, body: Buffer.from(JSON.stringify(anEvent({ id, subject: 'call' }))) });
  const segment = (...ids: string[]) => Buffer.concat(ids.map((id) => frame(id)));

  it('sends what dead instances left, in order, from where they were', async () => {
    const folder = await deadSpool({
      '00000003.events': segment('1', '2', '3'),
      '00000003.events.done': '2',
      '00000004.events': segment('4', '5'),
    });
    const { bus, put, outbox, log } = await outboxUnderTest({ folder });
    put('6');
    await until(() => bus.ids).toEqual(['3', '4', '5', '6']);
    expect(log.text).toContain('events of an earlier process are sent first events=3');
    await outbox.close(farAway());
    expect(await instancesIn(folder)).toEqual([]);
  });

  it('reads on as soon as there is room in memory', async () => {
    const names = range(1_000, 1_040);
    const folder = await deadSpool(Object.fromEntries(names.map((id) => [`0000${id}.events`, segment(id)])));
    const { bus } = await outboxUnderTest({ folder, bufferMaxBytes: 1 });
    await until(() => bus.ids).toEqual(names);
  });

  it('begins a segment anew whose progress can not be read', async () => {
    const folder = await deadSpool({ '00000000.events': segment('1', '2'), '00000000.events.done': 'x' });
    const { bus } = await outboxUnderTest({ folder });
    await until(() => bus.ids).toEqual(['1', '2']);
  });

  it('merges snapshots of earlier processes', async () => {
    const folder = await deadSpool({
      '00000000.events': Buffer.concat([frame('1', 'status'), frame('2'), frame('3', 'status')]),
    });
    const { bus, outbox } = await outboxUnderTest({ folder });
    await until(() => bus.ids).toEqual(['2', '3']);
    expect(outbox.status()).toMatchObject({ merged: 1, sent: 2 });
  });

  it('sends around damage, counts it, and keeps the damaged file', async () => {
    const [one, two, three] = [segment('1'), segment('2'), segment('3')];
    two.writeUInt8(0, 40);
    const damaged = Buffer.concat([one, two, three, frame('cut').subarray(0, 30)]);
    const folder = await deadSpool({ '00000000.events': damaged, '00000001.events': segment('4') });
    const { bus, outbox, log } = await outboxUnderTest({ folder });
    await until(() => bus.ids).toEqual(['1', '3', '4']);
    expect(outbox.status()).toMatchObject({ damaged: 2, spooled: 0, buffered: 0 });
    expect(log.text).toContain(`bytes=${two.length + 30}`);
    const kept = join(folder, 'set-aside', '000001700000000-0badcafe-00000000.events');
    await until(() => readFile(kept).catch(() => undefined)).toEqual(damaged);
  });

  it('sets aside what is no event', async () => {
    const strange = encodeFrame({ mergeKey: undefined, body: Buffer.from('{"id":7}') });
    const folder = await deadSpool({ '00000000.events': Buffer.concat([strange, frame('1')]) });
    const { bus, outbox } = await outboxUnderTest({ folder });
    await until(() => bus.ids).toEqual(['1']);
    await until(() => outbox.status()).toMatchObject({ setAside: 1, spooled: 0, bufferedBytes: 0 });
    expect(await readdir(join(folder, 'set-aside'))).toHaveLength(1);
  });

  it('counts what is lost when a file vanishes', async () => {
    const folder = await tempFolder();
    const { bus, put, outbox } = await outboxUnderTest({ folder, bufferMaxBytes: 5_000 });
    bus.goAway();
    for (const id of range(1, 50)) put(id);
    await until(() => outbox.status().spooled).toBe(50);
    const [instance = ''] = await instancesIn(folder);
    await rm(join(folder, instance, '00000000.events'));
    bus.comeBack();
    await until(() => outbox.status()).toMatchObject({ spooled: 0, buffered: 0 });
    const { sent, damaged } = outbox.status();
    expect(damaged).toBeGreaterThan(0);
    expect(sent + damaged).toBe(50);
    expect(bus.ids).toEqual(range(1, sent));
  });

  it('fails where the folder can not be written', async () => {
    const folder = join(await tempFolder(), 'file');
    await writeFile(folder, '');
    await expect(outboxUnderTest({ folder })).rejects.toThrow(ConfigurationError);
  });

  it('gives the folder free again when a spool can not be read', async () => {
    const folder = await deadSpool({});
    await mkdir(join(folder, '000001700000000-0badcafe', '00000000.events'));
    await expect(outboxUnderTest({ folder })).rejects.toThrow('EISDIR');
    await rm(join(folder, (await instancesIn(folder))[0] ?? '', '000001700000000-0badcafe'), { recursive: true });
    const { outbox } = await outboxUnderTest({ folder });
    await outbox.close(farAway());
    expect(await instancesIn(folder)).toEqual([]);
  });
});
