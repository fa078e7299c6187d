import { describe, expect, it } from 'vitest';
import { EngineBench, TestConsumer, TestContent } from './engine-bench.ts';

const NONE = new Map<string, string>();
const ENTITIES = {
  queues: [
    { name: 'q', requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT10S' },
    { name: 's', requiresSession: true },
    { name: 'small', maxMessageSizeInKilobytes: 1 },
  ],
  topics: [{ name: 't', requiresDuplicateDetection: true, subscriptions: [{ name: 'one' }, { name: 'two' }] }],
};

/** What a queue holds, for comparing before with after. */
function contentsOf(bench: EngineBench, address: string) {
  return [...bench.queue(address).messages()].map(({ content, sequence, deliveryCount, deferred, expiresAtMs }) => ({
    ...{ words: JSON.parse(content.stored.toString()), sequence, deliveryCount, deferred, expiresAtMs },
  }));
}

describe('Engine', () => {
  it('drops what was accepted before, until the window closes', () => {
    const bench = new EngineBench(ENTITIES);
    bench.send('q', 'a');
    bench.send('q', 'a', 'b', 'b');
    expect(bench.ids('q')).toEqual(['a', 'b']);
    bench.pass(9_999);
    bench.send('q', 'a');
    expect(bench.ids('q')).toEqual(['a', 'b']);
    bench.pass(1);
    bench.send('q', 'a');
    expect(bench.ids('q')).toEqual(['a', 'b', 'a']);
  });

  it('remembers a completed message as a duplicate', () => {
    const bench = new EngineBench(ENTITIES);
    const consumer = bench.consume('q');
    bench.send('q', 'a');
    bench.queue('q').complete(consumer.lockOf('a'));
    bench.send('q', 'a');
    expect(consumer.ids).toEqual(['a']);
  });

  it('refuses a batch as a whole', () => {
    const bench = new EngineBench(ENTITIES);
    expect(() => bench.send('small', 'fits', { id: 'large', size: 1_025 })).toThrow(/1025 bytes.*at most 1024/);
    expect(() => bench.send('s', { id: 'fits', session: 'A' }, 'none')).toThrow(/SessionId was not set/);
    expect([bench.ids('small'), bench.ids('s'), bench.journal.records]).toEqual([[], [], []]);
  });

  it('enqueues a scheduled message when its time comes, as the last', () => {
    const bench = new EngineBench(ENTITIES);
    const { ingress } = bench.engine.entity('q');
    const [first, second] = ingress?.schedule([
      new TestContent({ id: 'later', scheduledAtMs: bench.nowMs + 1_000, ttlMs: 500 }),
      new TestContent({ id: 'never', scheduledAtMs: bench.nowMs + 1_000 }),
    ]) ?? [0, 0];
    bench.send('q', 'now');
    ingress?.scheduled.cancel([second ?? 0]);
    bench.pass(999);
    expect(bench.ids('q')).toEqual(['now']);
    bench.pass(1);
    expect(bench.ids('q')).toEqual(['now', 'later']);
    const [, later] = [...bench.queue('q').messages()];
    expect(later).toMatchObject({ enqueuedAtMs: bench.nowMs, expiresAtMs: bench.nowMs + 500 });
    expect(later?.sequence).toBeGreaterThan(first ?? 0);
    expect(() => ingress?.scheduled.cancel([first ?? 0])).toThrow(/is scheduled/);
  });

  it('cancels all or none', () => {
    const bench = new EngineBench(ENTITIES);
    const { ingress } = bench.engine.entity('q');
    const later = new TestContent({ id: 'later', scheduledAtMs: bench.nowMs + 1_000 });
    const [sequence = 0] = ingress?.schedule([later]) ?? [];
    expect(() => ingress?.scheduled.cancel([sequence, 99])).toThrow(/number 99/);
    bench.pass(1_000);
    expect(bench.ids('q')).toEqual(['later']);
  });

  it('sends at once what was scheduled for the past', () => {
    const bench = new EngineBench(ENTITIES);
    bench.send('q', { id: 'past', scheduledAtMs: bench.nowMs - 1 });
    expect(bench.ids('q')).toEqual(['past']);
  });

  it('writes one change for a message to several subscriptions', () => {
    const bench = new EngineBench(ENTITIES);
    bench.send('t', 'a');
    expect(bench.journal.records.map(({ header }) => [header.type, header.entity])).toEqual([
      ['accepted', 't'],
      ['put', 't/Subscriptions/one'],
      ['put', 't/Subscriptions/two'],
    ]);
  });

  it.each(['journal', 'snapshot', 'snapshot, then journal'])('is the same after a restart from its %s', (source) => {
    const before = new EngineBench(ENTITIES);
    const consumer = before.consume('q', new TestConsumer(4));
    before.send('q', 'completed', 'abandoned', 'deferred', 'dead', { id: 'kept', ttlMs: 60_000 });
    before.send(
      'q',
      { id: 'scheduled', scheduledAtMs: before.nowMs + 5_000 },
      { id: 'cancelled', scheduledAtMs: before.nowMs + 5_000 },
    );
    before.send('t', 'a', 'b');
    before.send('s', { id: 's1', session: 'A' });
    const queue = before.queue('q');
    queue.complete(consumer.lockOf('completed'));
    queue.abandon(consumer.lockOf('abandoned'), new Map([['note', 'x']]));
    queue.defer(consumer.lockOf('deferred'), NONE);
    queue.deadLetter(consumer.lockOf('dead'), NONE);
    before.engine.entity('q').ingress?.scheduled.cancel([7]);
    const { sessions } = before.queue('s');
    if (sessions !== undefined) before.queue('s').setSessionState(sessions, 'A', Buffer.from('state'));

    const history = before.journal.records;
    const snapshot = [...before.engine.snapshot()];
    const records = { journal: history, snapshot, 'snapshot, then journal': [...snapshot, ...history] }[source];
    const after = new EngineBench(ENTITIES, records);

    for (const address of ['q', 'q/$DeadLetterQueue', 's', 't/Subscriptions/one', 't/Subscriptions/two']) {
      expect(contentsOf(after, address)).toEqual(expect.arrayContaining(contentsOf(before, address)));
      expect(after.ids(address)).toHaveLength(before.ids(address).length);
    }
    expect(after.queue('s').sessions?.stateOf('A')?.toString()).toBe('state');
    after.send('q', 'completed', 'new');
    expect(after.consume('q').ids).toEqual(['abandoned', 'kept', 'new']);
    expect([...after.queue('q').messages()].map(({ sequence }) => sequence)).toContain(8);
    after.pass(5_000);
    expect(after.ids('q')).toContain('scheduled');
    expect(after.ids('q')).not.toContain('cancelled');
    after.send('t', 'c');
    expect([...after.queue('t/Subscriptions/one').messages()].at(-1)?.enqueuedSequence).toBe(3);
  });

  it('keeps the records of entities that are no longer defined', () => {
    const before = new EngineBench(ENTITIES);
    before.send('q', 'a');
    before.send('small', 'b');
    const without = new EngineBench({ queues: [{ name: 'small' }] }, before.engine.snapshot());
    expect(without.ids('small')).toEqual(['b']);
    const again = new EngineBench(ENTITIES, without.engine.snapshot());
    expect(again.ids('q')).toEqual(['a']);
  });

  it('dead-letters messages without a session when a queue becomes session-enabled', () => {
    const before = new EngineBench({ queues: [{ name: 'x' }] });
    before.send('x', 'a', { id: 'b', session: 'B' });
    const after = new EngineBench({ queues: [{ name: 'x', requiresSession: true }] }, before.engine.snapshot());
    expect(after.ids('x')).toEqual(['b']);
    expect(after.ids('x/$DeadLetterQueue')).toEqual(['a']);
  });
});
