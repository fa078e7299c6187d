import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutgoingMessage } from '../../../../shared/bus/bus.ts';
import { TransientError } from '../../../../shared/errors.ts';
import { LanePipeline } from '../../../../shared/relay/outbox/lane-pipeline.ts';
import type { SendableItem } from '../../../../shared/relay/outbox/outbox-item.ts';
import { anItem } from './an-item.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const tooLarge = new TransientError('not confirmed', {
  cause: Object.assign(new Error('too large'), { code: 'MessageSizeExceeded' }),
});

/** A pipeline of batches of four, and what it did. */
function pipelineUnderTest() {
  const sends: string[][] = [];
  const done: string[] = [];
  const failures: unknown[] = [];
  const superseded = new Set<string>();
  /** What becomes of each send; the latest is used on. */
  const bus = { answer: (_ids: readonly string[]): Promise<void> => Promise.resolve() };
  const idOf = ({ message }: SendableItem) => message.messageId;
  const aside = { answer: () => Promise.resolve() };
  const pipeline = new LanePipeline({
    maxBatch: 4,
    send: (messages: readonly OutgoingMessage[]) => {
      const ids = messages.map(({ messageId }) => messageId);
      sends.push(ids);
      return bus.answer(ids);
    },
    isSuperseded: (item) => superseded.has(idOf(item)),
    onSent: (items) => done.push(...items.map(idOf)),
    onMerged: (items) => done.push(...items.map((item) => `merged ${idOf(item)}`)),
    onFailed: (error) => failures.push(error),
    setAside: async (item) => {
      await aside.answer();
      done.push(`aside ${idOf(item)}`);
    },
    clock: () => 7,
    random: () => 1,
  });
  const add = (ids: string) => {
    for (const id of ids) pipeline.add(anItem(id));
  };
  return { pipeline, sends, done, failures, superseded, bus, aside, add };
}

const turn = () => vi.advanceTimersByTimeAsync(0);

describe('a pipeline', () => {
  it('sends what waits when it is flushed', async () => {
    const { pipeline, add, sends, done } = pipelineUnderTest();
    add('ab');
    expect(sends).toEqual([]);
    pipeline.flush();
    expect(sends).toEqual([['a', 'b']]);
    expect(pipeline.sendStartedMs).toBe(7);
    expect(done).toEqual([]);
    await turn();
    expect(done).toEqual(['a', 'b']);
    expect(pipeline.sendStartedMs).toBeUndefined();
    expect(pipeline.length).toBe(0);
  });

  it('sends a full batch at once, and no more in it', async () => {
    const { pipeline, add, sends } = pipelineUnderTest();
    add('abcdef');
    await turn();
    expect(sends).toEqual([['a', 'b', 'c', 'd']]);
    pipeline.flush();
    await turn();
    expect(sends).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('has one send in flight; what was flushed meanwhile follows, later ones wait', async () => {
    const { pipeline, add, sends, bus } = pipelineUnderTest();
    let confirm = () => {};
    bus.answer = () => new Promise((resolve) => (confirm = resolve));
    add('a');
    pipeline.flush();
    add('bcdefg');
    pipeline.flush();
    add('h');
    expect(sends).toEqual([['a']]);
    confirm();
    await turn();
    expect(sends).toEqual([['a'], ['b', 'c', 'd', 'e']]);
    confirm();
    await turn();
    // Of these only two were flushed, but they leave together.
    expect(sends.at(-1)).toEqual(['f', 'g', 'h']);
    add('i');
    confirm();
    await turn();
    expect(sends).toHaveLength(3);
    expect(pipeline.items().map(({ message }) => message.messageId)).toEqual(['i']);
  });

  it('does not exceed what the bus takes at once', async () => {
    const { pipeline, sends } = pipelineUnderTest();
    for (const id of 'abc') pipeline.add(anItem(id, { body: Buffer.alloc(100_000) }));
    pipeline.flush();
    await turn();
    expect(sends).toEqual([['a', 'b'], ['c']]);
  });

  it('repeats a failed send from its first message, with growing delays up to five seconds', async () => {
    const { pipeline, add, sends, failures, bus, done } = pipelineUnderTest();
    const failure = new TransientError('away');
    bus.answer = () => Promise.reject(failure);
    add('a');
    pipeline.flush();
    await turn();
    add('bcdef');
    const delays = [200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    for (const [index, delayMs] of delays.entries()) {
      expect(sends).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(delayMs - 1);
      expect(sends).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(sends.at(-1)).toEqual(['a', 'b', 'c', 'd']);
    expect(failures).toHaveLength(delays.length + 1);
    expect(failures[0]).toBe(failure);
    bus.answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  it('finds the one message that is too large, sets it aside and sends all others in order', async () => {
    const { pipeline, add, sends, bus, done, failures } = pipelineUnderTest();
    bus.answer = (ids) => (ids.includes('c') ? Promise.reject(tooLarge) : Promise.resolve());
    add('abcde');
    pipeline.flush();
    await turn();
    expect(sends).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd', 'e'], ['c', 'd'], ['c'], ['d', 'e']]);
    expect(done).toEqual(['a', 'b', 'aside c', 'd', 'e']);
    expect(failures).toEqual([]);
  });

  it('keeps a message that can be neither sent nor set aside', async () => {
    const { pipeline, add, bus, aside, done, failures } = pipelineUnderTest();
    bus.answer = () => Promise.reject(tooLarge);
    aside.answer = () => Promise.reject(new Error('disk full'));
    add('a');
    pipeline.flush();
    await turn();
    expect(failures).toEqual([new Error('disk full')]);
    expect(pipeline.length).toBe(1);
    aside.answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toEqual(['aside a']);
    expect(pipeline.length).toBe(0);
  });

  it('leaves out what is superseded, also when a send is repeated', async () => {
    const { pipeline, add, sends, bus, done, superseded } = pipelineUnderTest();
    bus.answer = () => Promise.reject(new TransientError('away'));
    superseded.add('a');
    add('abcdef');
    await turn();
    expect(sends).toEqual([['b', 'c', 'd']]);
    expect(done).toEqual(['merged a']);
    superseded.add('d');
    bus.answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(200);
    expect(sends.at(-1)).toEqual(['b', 'c', 'e', 'f']);
    expect(done).toEqual(['merged a', 'merged d', 'b', 'c', 'e', 'f']);
    expect(pipeline.length).toBe(0);
  });

  it('has nothing to send when all is superseded', async () => {
    const { pipeline, add, sends, done, superseded } = pipelineUnderTest();
    superseded.add('a').add('b');
    add('ab');
    pipeline.flush();
    expect(sends).toEqual([]);
    expect(done).toEqual(['merged a', 'merged b']);
    add('c');
    pipeline.flush();
    expect(sends).toEqual([['c']]);
    await turn();
  });

  it('in a hurry waits neither for company nor for the next try', async () => {
    const { pipeline, add, sends, bus } = pipelineUnderTest();
    bus.answer = () => Promise.reject(new TransientError('away'));
    add('a');
    pipeline.flush();
    await turn();
    bus.answer = () => Promise.resolve();
    pipeline.hurry();
    await turn();
    expect(sends).toEqual([['a'], ['a']]);
    add('b');
    expect(sends.at(-1)).toEqual(['b']);
    await turn();
  });

  it('that was stopped sends nothing more', async () => {
    const { pipeline, add, sends, bus } = pipelineUnderTest();
    bus.answer = () => Promise.reject(new TransientError('away'));
    add('a');
    pipeline.flush();
    pipeline.stop();
    await turn();
    pipeline.flush();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sends).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
