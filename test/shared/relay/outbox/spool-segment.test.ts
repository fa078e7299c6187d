import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../../../shared/relay/outbox/spool-frames.ts';
import { SpoolSegment } from '../../../../shared/relay/outbox/spool-segment.ts';
import { useTempFolders } from './temp-folder.ts';

const tempFolder = useTempFolders();

const frames = ['one', 'two', 'three'].map((text) =>
  encodeFrame({ mergeKey: text === 'two' ? 'key' : undefined, body: Buffer.from(JSON.stringify(text)) }),
);
const whole = Buffer.concat(frames);

async function aSegment() {
  const path = join(await tempFolder(), '00000000.events');
  return { path, segment: new SpoolSegment(0, path, 900) };
}

async function written() {
  const { path, segment } = await aSegment();
  await segment.write(whole);
  frames.forEach(({ length }, index) => {
    segment.add(1_000 + index, length);
  });
  return { path, segment };
}

describe('a segment', () => {
  it('that was cut at any byte has every event before the cut', async () => {
    const { path } = await aSegment();
    const [first = 0, second = 0] = frames.map(({ length }) => length);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      await writeFile(path, whole.subarray(0, cut));
      const segment = new SpoolSegment(0, path, 900);
      const { damagedBytes } = await segment.load();
      const expected = cut < first ? 0 : cut < first + second ? 1 : cut < whole.length ? 2 : 3;
      expect(segment.count, `cut at ${cut}`).toBe(expected);
      const soundBytes = frames.slice(0, expected).reduce((sum, { length }) => sum + length, 0);
      expect(damagedBytes).toBe(cut - soundBytes);
      expect(segment.isDamaged).toBe(damagedBytes > 0);
    }
  });

  it('writes on behind what is safe, over what a failed write left', async () => {
    const { path, segment } = await written();
    await segment.write(Buffer.from('a write that is never counted'));
    await segment.write(Buffer.from('counted'));
    segment.bytes += 7;
    await segment.closeFile();
    expect(await readFile(path)).toEqual(Buffer.concat([whole, Buffer.from('counted')]));
  });

  it('never writes to a file that is there', async () => {
    const { path, segment } = await aSegment();
    await writeFile(path, 'of somebody else');
    await expect(segment.write(whole)).rejects.toThrow('EEXIST');
  });

  it('reads on from where it was', async () => {
    const { segment } = await written();
    segment.readCount = 1;
    segment.readBytes = frames[0]?.length ?? 0;
    const scan = await segment.readOn();
    expect(scan.frames.map(({ mergeKey, body }) => [mergeKey, String(body)])).toEqual([
      ['key', '"two"'],
      [undefined, '"three"'],
    ]);
    await segment.closeFile();
  });

  it('is done when it is closed and all its events are, in any order', async () => {
    const { segment } = await written();
    for (const ordinal of [2, 0]) segment.settle(ordinal);
    expect(segment.unsettled).toBe(1);
    await segment.closeFile();
    expect(segment.isDone).toBe(false);
    segment.settle(1);
    expect(segment.unsettled).toBe(0);
    expect(segment.isDone).toBe(true);
  });

  it('remembers what is done up to the first event that is not', async () => {
    const { path, segment } = await written();
    for (const ordinal of [0, 2]) segment.settle(ordinal);
    await segment.saveProgress();
    await segment.closeFile();
    const next = new SpoolSegment(4, path, 900);
    await next.load();
    expect([next.unsettled, next.unread]).toEqual([2, 2]);
    expect((await next.readOn()).frames.map(({ body }) => String(body))).toEqual(['"two"', '"three"']);
  });

  it('knows since when its first event waits that is not done, but not of what an earlier process left', async () => {
    const { path, segment } = await written();
    for (const ordinal of [0, 2]) segment.settle(ordinal);
    expect(segment.unsettledSinceMs).toBe(1_001);
    segment.settle(1);
    expect(segment.unsettledSinceMs).toBeUndefined();
    await segment.closeFile();
    const next = new SpoolSegment(4, path, 900);
    await next.load();
    expect(next.unsettledSinceMs).toBe(900);
  });

  it('takes its progress with it when it is removed', async () => {
    const { path, segment } = await written();
    segment.settle(0);
    await segment.saveProgress();
    await segment.closeFile();
    await segment.remove(`${path}.kept`);
    for (const gone of [path, `${path}.done`, `${path}.kept`]) await expect(stat(gone)).rejects.toThrow('ENOENT');
  });

  it('is kept when it is damaged', async () => {
    const { path, segment } = await written();
    await segment.closeFile();
    segment.isDamaged = true;
    await segment.remove(`${path}.kept`);
    await expect(stat(path)).rejects.toThrow('ENOENT');
    expect(await readFile(`${path}.kept`)).toEqual(whole);
  });
});
