import { describe, expect, it } from 'vitest';
import { type BusHandlerOptions, busHandler } from '../../../../infra/local/host/bus-handler.ts';
import { HostLog, type LogRecord } from '../../../../infra/local/host/log.ts';
import type { ServiceBusTrigger } from '../../../../infra/local/host/triggers.ts';
import { FakeReceiver, receivedMessage } from './fake-receiver.ts';
import { loadedFunction } from './functions.ts';

const trigger: ServiceBusTrigger = {
  kind: 'serviceBus',
  bindingName: 'bus',
  connection: 'ServiceBus',
  entity: { queue: 'q' },
  sessions: false,
  cardinality: 'one',
  dataType: 'binary',
  autoComplete: undefined,
};

function handler(changes: Partial<BusHandlerOptions> & { fails?: boolean } = {}) {
  const records: LogRecord[] = [];
  const handle = busHandler({
    target: loadedFunction('f', trigger),
    trigger,
    runner: {
      run: async () => {
        if (changes.fails) throw new Error('the handler fails');
        return {};
      },
    },
    log: new HostLog({ sink: (record) => records.push(record), levels: {}, clock: () => 0 }),
    autoComplete: true,
    keepEmpty: false,
    ...changes,
  });
  return { handle, records, receiver: new FakeReceiver() };
}

describe('busHandler', () => {
  it('completes after success', async () => {
    const { handle, receiver } = handler();
    await handle([receivedMessage('a')], receiver);
    expect(receiver.settled).toEqual(['complete a']);
  });

  it('abandons every message of an invocation that failed', async () => {
    const { handle, receiver } = handler({ fails: true, trigger: { ...trigger, cardinality: 'many' } });
    await handle([receivedMessage('a'), receivedMessage('b')], receiver);
    expect(receiver.settled).toEqual(['abandon a', 'abandon b']);
  });

  it('without automatic completion settles failures alone', async () => {
    const success = handler({ autoComplete: false });
    await success.handle([receivedMessage('a')], success.receiver);
    expect(success.receiver.settled).toEqual([]);
    const failure = handler({ autoComplete: false, fails: true });
    await failure.handle([receivedMessage('a')], failure.receiver);
    expect(failure.receiver.settled).toEqual(['abandon a']);
  });

  it('abandons and explains messages that cannot be handed over', async () => {
    const { handle, receiver, records } = handler();
    await handle([receivedMessage('a', { body: { a: 1 } })], receiver);
    expect(receiver.settled).toEqual(['abandon a']);
    expect(records).toMatchObject([
      { level: 'error', functionName: 'f', message: expect.stringContaining('neither bytes nor text') },
    ]);
  });

  it('reports a settlement that failed and goes on', async () => {
    const { handle, receiver, records } = handler();
    receiver.failNextSettlement = true;
    await handle([receivedMessage('a')], receiver);
    expect(records).toMatchObject([
      { level: 'warning', message: expect.stringContaining('delivered again: the lock is lost') },
    ]);
  });
});
