import { describe, expect, it } from 'vitest';
import { itemBytes } from '../../../../shared/relay/outbox/outbox-item.ts';
import { SpoolQueue } from '../../../../shared/relay/outbox/spool-queue.ts';
import { anItem } from './an-item.ts';

const PLENTY = Number.POSITIVE_INFINITY;

function queueOf(...items: ReturnType<typeof anItem>[]) {
  const queue = new SpoolQueue();
  for (const item of items) queue.push(item);
  return queue;
}

describe('the queue of the spool', () => {
  it('gives events in order, what is settled left out', () => {
    const items = ['a', 'b', 'c'].map((name) => anItem(name));
    const queue = queueOf(...items);
    Object.assign(items[1] ?? {}, { isSettled: true });
    expect(queue.take(PLENTY)).toEqual({ group: [items[0], items[2]], isTooFull: false });
    expect(queue.take(PLENTY)).toEqual({ group: [], isTooFull: false });
  });

  it('gives as many as fit, and says when none does', () => {
    const items = ['a', 'b'].map((name) => anItem(name));
    const room = itemBytes(anItem('a'));
    const queue = queueOf(...items);
    expect(queue.take(room - 1)).toEqual({ group: [], isTooFull: true });
    expect(queue.take(room)).toEqual({ group: [items[0]], isTooFull: false });
    expect(queue.bytes).toBe(room);
  });

  it('bounds what is written at once, but never to nothing', () => {
    const big = anItem('big', { body: Buffer.alloc(400_000) });
    const queue = queueOf(big, anItem('b'));
    expect(queue.take(PLENTY).group).toEqual([big]);
  });

  it('keeps only the newest of equal snapshots, at its own place', () => {
    const old = anItem('old', { mergeKey: 'k' });
    const between = anItem('between');
    const newer = anItem('newer', { mergeKey: 'k' });
    const queue = queueOf(old, between);
    expect(queue.push(newer)).toBe(old);
    expect(old.isSettled).toBe(true);
    expect(queue.take(PLENTY).group).toEqual([between, newer]);
  });

  it('replaces no snapshot that a pipeline or a write has already', () => {
    const sending = anItem('sending', { mergeKey: 'k', isInPipeline: true });
    const queue = queueOf(sending);
    expect(queue.push(anItem('newer', { mergeKey: 'k' }))).toBeUndefined();
    expect(queue.take(PLENTY).group).toHaveLength(2);
    expect(queue.push(anItem('newest', { mergeKey: 'k' }))).toBeUndefined();
  });

  it('does not grow by what was replaced', () => {
    const queue = queueOf(anItem('first'));
    for (let index = 0; index < 10_000; index += 1) queue.push(anItem(String(index), { mergeKey: 'k' }));
    expect(queue.length).toBeLessThan(2_100);
    expect(queue.unsettled.map(({ body }) => String(body))).toEqual(['{"name":"first"}', '{"name":"9999"}']);
  });

  it('takes a group back in front', () => {
    const queue = queueOf(anItem('a'), anItem('b'));
    const { group } = queue.take(PLENTY);
    for (const item of group) item.state = 'writing';
    queue.push(anItem('c'));
    queue.putBack(group);
    expect(queue.unsettled.map(({ body, state }) => [String(body), state])).toEqual([
      ['{"name":"a"}', 'queued'],
      ['{"name":"b"}', 'queued'],
      ['{"name":"c"}', 'queued'],
    ]);
  });

  it('gives everything up to memory', () => {
    const queue = queueOf(anItem('a'), anItem('b', { mergeKey: 'k' }));
    expect(queue.drain().map(({ state }) => state)).toEqual(['memory', 'memory']);
    expect(queue.length).toBe(0);
    expect(queue.push(anItem('c', { mergeKey: 'k' }))).toBeUndefined();
  });
});
