import { describe, expect, it } from 'vitest';
import { EngineBench, TestConsumer } from './engine-bench.ts';

const NONE = new Map<string, string>();
const QUEUE = { queues: [{ name: 'q', lockDuration: 'PT30S', maxDeliveryCount: 3 }] };

describe('MessageQueue', () => {
  it('hands a message out only once it is safe', () => {
    const bench = new EngineBench(QUEUE);
    bench.journal.held = true;
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    expect(consumer.ids).toEqual([]);
    expect(bench.ids('q')).toEqual([]);
    bench.journal.sync();
    expect(consumer.ids).toEqual(['a']);
  });

  it('serves hungry consumers in turn, and nobody beyond their room', () => {
    const bench = new EngineBench(QUEUE);
    const first = bench.consume('q', new TestConsumer(2));
    const second = bench.consume('q', new TestConsumer(1));
    bench.send('q', 'a', 'b', 'c', 'd');
    expect([first.ids, second.ids]).toEqual([['a', 'c'], ['b']]);
    second.room = 1;
    bench.consume('q', second);
    expect(second.ids).toEqual(['b', 'd']);
  });

  it('gives a consumer that left nothing more', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.queue('q').plain?.leave(consumer);
    bench.send('q', 'a');
    expect(consumer.ids).toEqual([]);
  });

  it('returns an abandoned message to its old place', () => {
    const bench = new EngineBench(QUEUE);
    bench.send('q', 'a', 'b', 'c');
    const consumer = bench.consume('q', new TestConsumer(2));
    bench.queue('q').abandon(consumer.lockOf('a'), NONE);
    consumer.room = 2;
    bench.consume('q', consumer);
    expect(consumer.ids).toEqual(['a', 'b', 'a', 'c']);
    expect(consumer.got[2]?.message.deliveryCount).toBe(1);
  });

  it('does not count a released delivery', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.queue('q').release(consumer.lockOf('a'));
    expect(consumer.ids).toEqual(['a', 'a']);
    expect(consumer.got[1]?.message.deliveryCount).toBe(0);
  });

  it('delivers again when the lock ends, and refuses the old lock', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    const lock = consumer.lockOf('a');
    bench.pass(29_999);
    expect(consumer.ids).toEqual(['a']);
    bench.pass(1);
    expect(consumer.ids).toEqual(['a', 'a']);
    expect(() => bench.queue('q').complete(lock)).toThrow(/lock supplied is invalid/);
    bench.queue('q').complete(consumer.lockOf('a'));
    expect(bench.ids('q')).toEqual([]);
  });

  it('keeps a renewed lock for its whole duration', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.pass(20_000);
    expect(bench.queue('q').locks.renew(consumer.lockOf('a'))).toBe(bench.nowMs + 30_000);
    bench.pass(29_999);
    expect(consumer.ids).toEqual(['a']);
    bench.pass(1);
    expect(consumer.ids).toEqual(['a', 'a']);
  });

  it('keeps the lock of a consumer that left', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.queue('q').plain?.leave(consumer);
    const other = bench.consume('q');
    expect(other.ids).toEqual([]);
    bench.queue('q').complete(bench.queue('q').locks.find(consumer.lockOf('a').token));
    expect(bench.ids('q')).toEqual([]);
  });

  it('dead-letters after the last attempt, counting expired locks', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.queue('q').abandon(consumer.lockOf('a'), new Map([['note', 'kept']]));
    bench.pass(30_000);
    bench.pass(30_000);
    expect(bench.ids('q')).toEqual([]);
    const [dead] = [...bench.queue('q/$DeadLetterQueue').messages()];
    expect(dead).toMatchObject({ deliveryCount: 3, deadLetterSource: 'q', sequence: 1 });
    expect(JSON.parse(String(dead?.content.stored)).properties).toMatchObject({
      DeadLetterReason: 'MaxDeliveryCountExceeded',
      note: 'kept',
    });
  });

  it('never dead-letters from a dead-letter queue', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.queue('q').deadLetter(consumer.lockOf('a'), NONE);
    const dead = bench.queue('q/$DeadLetterQueue');
    const undertaker = bench.consume('q/$DeadLetterQueue');
    for (let times = 0; times < 20; times++) dead.abandon(undertaker.lockOf('a'), NONE);
    expect(() => dead.deadLetter(undertaker.lockOf('a'), NONE)).toThrow(/cannot be dead-lettered again/);
    dead.complete(undertaker.lockOf('a'));
    expect(bench.ids('q/$DeadLetterQueue')).toEqual([]);
  });

  it('lets a locked message outlive its time, but not come back', () => {
    const queues = [{ name: 'q', lockDuration: 'PT30S', deadLetteringOnMessageExpiration: true }];
    const bench = new EngineBench({ queues });
    const consumer = bench.consume('q', new TestConsumer(2));
    bench.send('q', { id: 'done', ttlMs: 1_000 }, { id: 'late', ttlMs: 1_000 });
    bench.pass(2_000);
    bench.queue('q').complete(consumer.lockOf('done'));
    bench.queue('q').abandon(consumer.lockOf('late'), NONE);
    expect(bench.ids('q')).toEqual([]);
    expect(bench.ids('q/$DeadLetterQueue')).toEqual(['late']);
  });

  it("takes the shorter of the message's time and the queue's", () => {
    const bench = new EngineBench({ queues: [{ name: 'q', defaultMessageTimeToLive: 'PT10S' }] });
    bench.send('q', { id: 'short', ttlMs: 5_000 }, { id: 'long', ttlMs: 50_000 }, { id: 'none' });
    bench.pass(5_000);
    expect(bench.ids('q')).toEqual(['long', 'none']);
    bench.pass(5_000);
    expect(bench.ids('q')).toEqual([]);
    expect(bench.ids('q/$DeadLetterQueue')).toEqual([]);
  });

  it('keeps a deferred message deferred through a lost lock', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    const queue = bench.queue('q');
    queue.defer(consumer.lockOf('a'), NONE);
    const [received] = queue.receiveDeferred([1], 'peekLock', undefined);
    expect(received?.lock).toBeDefined();
    expect(() => queue.receiveDeferred([1], 'peekLock', undefined)).toThrow(/No deferred message/);
    bench.pass(30_000);
    expect(consumer.ids).toEqual(['a']);
    expect(queue.receiveDeferred([1], 'receiveAndDelete', undefined)[0]?.message.deliveryCount).toBe(1);
    expect(bench.ids('q')).toEqual([]);
  });

  it('gives all of several deferred messages or none', () => {
    const bench = new EngineBench(QUEUE);
    const consumer = bench.consume('q');
    bench.send('q', 'a', 'b');
    const queue = bench.queue('q');
    queue.defer(consumer.lockOf('a'), NONE);
    expect(() => queue.receiveDeferred([1, 2], 'peekLock', undefined)).toThrow(/number 2/);
    expect(queue.receiveDeferred([1], 'peekLock', undefined)).toHaveLength(1);
  });

  it('deletes before it delivers to a consumer that does not settle', () => {
    const bench = new EngineBench(QUEUE);
    bench.send('q', 'a');
    bench.journal.held = true;
    const consumer = bench.consume('q', new TestConsumer(1, 'receiveAndDelete'));
    expect(bench.journal.records.at(-1)?.header.type).toBe('remove');
    expect(consumer.ids).toEqual([]);
    bench.journal.sync();
    expect(consumer.ids).toEqual(['a']);
  });

  it('keeps a message whose consumer left before it was delivered', () => {
    const bench = new EngineBench(QUEUE);
    bench.send('q', 'a');
    bench.journal.held = true;
    const consumer = bench.consume('q', new TestConsumer(1, 'receiveAndDelete'));
    consumer.gone = true;
    bench.journal.sync();
    expect(bench.ids('q')).toEqual(['a']);
    expect(bench.consume('q').ids).toEqual(['a']);
  });
});
