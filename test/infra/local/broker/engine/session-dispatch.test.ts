import { describe, expect, it } from 'vitest';
import type { SessionDispatch } from '../../../../../infra/local/broker/engine/session-dispatch.ts';
import { EngineBench, TestConsumer } from './engine-bench.ts';

const SESSIONS = { queues: [{ name: 's', requiresSession: true, lockDuration: 'PT30S', maxDeliveryCount: 3 }] };
const NONE = new Map<string, string>();

function bench(): { bench: EngineBench; sessions: SessionDispatch } {
  const made = new EngineBench(SESSIONS);
  const { sessions } = made.queue('s');
  if (sessions === undefined) throw new Error('the queue has sessions');
  return { bench: made, sessions };
}

function seek(sessions: SessionDispatch, consumer = new TestConsumer()): TestConsumer {
  sessions.seek(consumer, 10_000);
  sessions.wake(consumer);
  return consumer;
}

describe('SessionDispatch', () => {
  it('grants the session that became free first, and wakes who waited longest', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A' }, { id: 'b1', session: 'B' }, { id: 'a2', session: 'A' });
    expect(seek(sessions).session).toBe('A');
    expect(seek(sessions).session).toBe('B');
    const [third, fourth] = [seek(sessions), seek(sessions)];
    on.send('s', { id: 'c1', session: 'C' });
    expect([third.session, fourth.session]).toEqual(['C', undefined]);
  });

  it('delivers the messages of a session in their order, new ones to its holder', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A' }, { id: 'b1', session: 'B' });
    const holder = seek(sessions);
    on.send('s', { id: 'a2', session: 'A' });
    expect(holder.ids).toEqual(['a1', 'a2']);
  });

  it('lets nothing overtake an abandoned message', () => {
    const { bench: on, sessions } = bench();
    on.send('s', ...['a1', 'a2', 'a3'].map((id) => ({ id, session: 'A' })));
    const holder = seek(sessions, new TestConsumer(1));
    on.queue('s').abandon(holder.lockOf('a1'), NONE);
    holder.room = 3;
    sessions.wake(holder);
    expect(holder.ids).toEqual(['a1', 'a1', 'a2', 'a3']);
  });

  it('gives the whole session back, in order and uncounted, when its holder leaves', () => {
    const { bench: on, sessions } = bench();
    on.send('s', ...['a1', 'a2', 'a3'].map((id) => ({ id, session: 'A' })));
    const first = seek(sessions, new TestConsumer(2));
    const second = seek(sessions);
    const lock = first.lockOf('a1');
    first.room = 5;
    sessions.leave(first);
    sessions.wake(second);
    expect(first.ids).toEqual(['a1', 'a2']);
    expect(second.ids).toEqual(['a1', 'a2', 'a3']);
    expect(second.got.map(({ message }) => message.deliveryCount)).toEqual([0, 0, 0]);
    expect(() => on.queue('s').complete(lock)).toThrow(/session lock was lost/);
  });

  it('takes the session away when its lock ends, and counts what was delivered', () => {
    const { bench: on, sessions } = bench();
    on.send('s', ...['a1', 'a2'].map((id) => ({ id, session: 'A' })));
    const first = seek(sessions, new TestConsumer(1));
    on.pass(30_000);
    expect(first.lost).toBe(true);
    const second = seek(sessions);
    expect(second.got.map(({ id, message }) => [id, message.deliveryCount])).toEqual([
      ['a1', 1],
      ['a2', 0],
    ]);
  });

  it('dead-letters when the session is lost for the last time', () => {
    const { bench: on, sessions } = bench();
    on.send('s', ...['a1', 'a2'].map((id) => ({ id, session: 'A' })));
    for (let times = 0; times < 3; times++) {
      seek(sessions, new TestConsumer(1));
      on.pass(30_000);
    }
    expect(on.ids('s/$DeadLetterQueue')).toEqual(['a1']);
    expect(seek(sessions).ids).toEqual(['a2']);
  });

  it('renews a session, and with it its messages', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A' });
    const holder = seek(sessions);
    on.pass(20_000);
    expect(sessions.renew(sessions.heldLock('A', 'consumer'))).toBe(on.nowMs + 30_000);
    on.pass(29_000);
    on.queue('s').complete(holder.lockOf('a1'));
    expect(holder.lost).toBe(false);
    expect(() => on.queue('s').locks.renew(holder.lockOf('a1'))).toThrow(/renew the session/);
  });

  it('knows who holds a session', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A' });
    expect(() => sessions.heldLock('A', undefined)).toThrow(/session lock was lost/);
    const holder = seek(sessions);
    expect(sessions.heldLock('A', undefined).consumer).toBe(holder);
    expect(() => sessions.heldLock('A', 'another link')).toThrow(/session lock was lost/);
    expect(() => sessions.accept('A', new TestConsumer())).toThrow(/another receiver holds/);
  });

  it('tells a seeker when its time is over, and then grants it nothing', () => {
    const { bench: on, sessions } = bench();
    const seeker = seek(sessions);
    on.pass(10_000);
    expect(seeker.hasTimedOut).toBe(true);
    on.send('s', { id: 'a1', session: 'A' });
    expect(seeker.session).toBeUndefined();
    expect(seek(sessions).session).toBe('A');
  });

  it('forgets a seeker that leaves', () => {
    const { bench: on, sessions } = bench();
    const seeker = seek(sessions);
    sessions.leave(seeker);
    on.send('s', { id: 'a1', session: 'A' });
    on.pass(10_000);
    expect([seeker.session, seeker.hasTimedOut]).toEqual([undefined, false]);
  });

  it('does not offer a session whose only message expired', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A', ttlMs: 1_000 });
    on.pass(1_000);
    expect(seek(sessions).session).toBeUndefined();
  });

  it('offers no session for deferred messages alone', () => {
    const { bench: on, sessions } = bench();
    on.send('s', { id: 'a1', session: 'A' });
    const holder = seek(sessions);
    on.queue('s').defer(holder.lockOf('a1'), NONE);
    sessions.leave(holder);
    expect(seek(sessions).session).toBeUndefined();
    const lock = sessions.accept('A', new TestConsumer());
    expect(on.queue('s').receiveDeferred([1], 'peekLock', lock)).toHaveLength(1);
  });
});
