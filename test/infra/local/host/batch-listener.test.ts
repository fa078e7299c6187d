import { afterEach, describe, expect, it, vi } from 'vitest';
import { BatchListener } from '../../../../infra/local/host/batch-listener.ts';
import { sleep } from '../../../../infra/local/host/sleep.ts';
import { FakeReceiver, receivedMessage } from './fake-receiver.ts';

let listener: BatchListener | undefined;
afterEach(async () => {
  await listener?.stop();
});

function listen(receiver: FakeReceiver, handle: (ids: string[]) => Promise<void>) {
  const failures: unknown[] = [];
  listener = new BatchListener({
    receiver,
    handle: (messages) => handle(messages.map((message) => String(message.messageId))),
    maxBatchSize: 3,
    waitMs: 60_000,
    failed: (error) => failures.push(error),
    recovered: () => undefined,
    sleep: (_, signal) => sleep(1, signal),
  });
  listener.start();
  return { listener, failures };
}

describe('BatchListener', () => {
  it('hands over what is waiting, one batch at a time', async () => {
    const receiver = new FakeReceiver();
    receiver.push(...['a', 'b', 'c', 'd'].map((id) => receivedMessage(id)));
    const batches: string[][] = [];
    let running = 0;
    listen(receiver, async (ids) => {
      running += 1;
      expect(running).toBe(1);
      batches.push(ids);
      await new Promise(setImmediate);
      running -= 1;
    });
    await vi.waitFor(() => expect(batches).toEqual([['a', 'b', 'c'], ['d']]));
  });

  it('keeps trying when receiving fails', async () => {
    const receiver = new FakeReceiver();
    receiver.fail(new Error('gone'));
    const { failures } = listen(receiver, async () => undefined);
    await vi.waitFor(() => expect(failures.length).toBeGreaterThan(1));
  });

  it('waits for the running batch when it stops', async () => {
    const receiver = new FakeReceiver();
    receiver.push(receivedMessage('a'));
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let state = 'idle';
    const running = listen(receiver, async () => {
      state = 'running';
      await gate;
      state = 'done';
    });
    await vi.waitFor(() => expect(state).toBe('running'));
    const stopped = running.listener.stop();
    release();
    await stopped;
    expect(state).toBe('done');
  });
});
