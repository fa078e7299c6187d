import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { readSnapshots } from '../../../shared/relay/read-snapshots.ts';
import { parseSubscriptionRules } from '../../../shared/relay/subscription-rules.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { FakeEnreach, ME, SALES, SUPPORT } from './fake-hub.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function reading(rules: unknown = []) {
  const enreach = new FakeEnreach();
  const log = new RecordingLog();
  const queues: string[] = [];
  const abort = new AbortController();
  const start = () =>
    readSnapshots({
      enreach,
      log,
      onSnapshot: ({ queueId }) => void queues.push(queueId),
      clock: () => 1_000,
      random: () => 1,
      reconnect: { baseMs: 1_000, capMs: 30_000 },
      rules: JSON.stringify(rules) === '[]' ? [] : parseSubscriptionRules(JSON.stringify(rules), 'rules'),
      subscriptions: [
        { entityId: SALES, eventName: 'queuestatus' },
        { entityId: SUPPORT, eventName: 'QueueCallInComing' },
        { entityId: ME, eventName: 'UserStatus' },
      ],
      signal: abort.signal,
    });
  return { enreach, log, queues, abort, start };
}

describe('snapshots', () => {
  it('are those of queues whose status was missed', async () => {
    const { queues, start, enreach } = reading();
    await start();
    expect([queues, enreach.queueReads]).toEqual([[SALES], 1]);
  });

  it('are looked for at every user whose queues are wanted', async () => {
    const { queues, start, enreach, log } = reading([{ queuesOf: ME, events: '*' }]);
    enreach.queueFailures.push(new PermanentError('Enreach answered 403'));
    await start();
    expect([queues, enreach.queueReads]).toEqual([[SALES], 2]);
    expect(log.text).toContain('Enreach answered 403');
  });

  it('are given up where EnreachAPI has none', async () => {
    const { queues, start, enreach, log } = reading();
    enreach.queues = [{ id: SALES, status: undefined }];
    await start();
    expect([queues, enreach.queueReads, log.text]).toEqual([
      [],
      1,
      'warn queues without a status in EnreachAPI count=1',
    ]);
  });

  it('are not asked for again where they are refused for good', async () => {
    const { queues, start, enreach } = reading();
    enreach.queueFailures.push(new PermanentError('Enreach answered 403'));
    await start();
    expect([queues, enreach.queueReads]).toEqual([[], 1]);
  });

  it('are not asked for again sooner than EnreachAPI says', async () => {
    const { queues, start, enreach } = reading();
    enreach.queueFailures.push(new TransientError('Enreach answered 429', { httpStatus: 429, retryAfterMs: 60_000 }));
    const read = start();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(enreach.queueReads).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await read;
    expect([queues, enreach.queueReads]).toEqual([[SALES], 2]);
  });

  it('are no longer read when the connection has ended', async () => {
    const { queues, start, enreach, abort } = reading();
    enreach.queueFailures.push(new TransientError('away'));
    const read = start();
    await vi.advanceTimersByTimeAsync(500);
    abort.abort();
    await read;
    expect([queues, enreach.queueReads, vi.getTimerCount()]).toEqual([[], 1, 0]);
  });
});
