import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../../shared/errors.ts';
import { readTrigger } from '../../../shared/nimbus-webhooks/trigger-store.ts';
import { HELPDESK, startKeeperUnderTest } from './keeper-under-test.ts';

let test: Awaited<ReturnType<typeof startKeeperUnderTest>>;

beforeEach(async () => {
  test = await startKeeperUnderTest();
});

afterEach(() => test.nimbus.close());

const TASKS = '/v1/triggers/tasks';
const taskTriggers = () => test.registered().filter(({ webhook }) => webhook === 'task');

describe('a process that dies between registering and remembering', () => {
  beforeEach(async () => {
    test.table.before = () => {
      if (taskTriggers().length > 0) throw new TransientError('the table storage does not answer');
    };
    await expect(test.keep()).rejects.toThrow('the table storage does not answer');
    test.table.recover();
    test.time.nowMs += 15 * 60_000;
  });

  it('leaves a trigger that the next run knows of and says so', async () => {
    const kept = await test.keep();
    expect(test.log.text).toContain(
      'warn a registration was not finished: Nimbus may keep a trigger that nobody can remove webhook=task began=2026-03-06T10:00:00.000Z',
    );
    expect(await readTrigger(test.table, 'task')).toMatchObject({ unremovable: ['2026-03-06T10:00:00.000Z'] });
    expect(kept).toMatchObject({ changed: 2, problems: [] });
    expect(taskTriggers()).toHaveLength(2);
  });

  it('does not make later runs register again', async () => {
    await test.keep();
    await test.keep();
    expect(taskTriggers()).toHaveLength(2);
    expect(test.log.text.match(/was not finished/g)).toHaveLength(1);
  });
});

describe('storage that fails after the registration', () => {
  /** Whether a row as written says which task trigger is the current one. */
  const remembers = (webhook: string) => webhook === 'task' && taskTriggers().length > 0;

  it('keeps the trigger when the write took effect and only its answer was lost', async () => {
    let isLost = false;
    test.table.after = (operation, { rowKey }) => {
      if (isLost || operation === 'get' || !remembers(rowKey)) return;
      isLost = true;
      throw new TransientError('the table storage does not answer');
    };
    expect((await test.keep()).problems).toEqual(['webhook for tasks: the table storage does not answer']);
    expect(await test.keep()).toMatchObject({ changed: 0, problems: [] });
    expect(taskTriggers()).toHaveLength(1);
  });

  it('takes the trigger back when the write did not take effect', async () => {
    let isLost = false;
    test.table.before = (operation, { rowKey }) => {
      if (isLost || operation === 'get' || !remembers(rowKey)) return;
      isLost = true;
      throw new TransientError('the table storage does not answer');
    };
    await test.keep();
    expect(taskTriggers()).toEqual([]);
    expect(await test.keep()).toMatchObject({ changed: 1, problems: [] });
    expect(taskTriggers()).toHaveLength(1);
  });
});

describe('a registration that Nimbus does not clearly answer', () => {
  it('is noted when Nimbus timed out, and tried again', async () => {
    test.nimbus.answerNext({ match: { method: 'POST', path: TASKS }, status: 504, afterEffect: true });
    expect((await test.keep()).problems).toEqual([expect.stringContaining('Nimbus answered 504')]);
    expect(await test.keep()).toMatchObject({ changed: 1, problems: [] });
    expect(await readTrigger(test.table, 'task')).toMatchObject({ unremovable: ['2026-03-06T10:00:00.000Z'] });
    expect(taskTriggers()).toHaveLength(2);
  });

  it('counts as registered when Nimbus took it without telling the id, and is never repeated', async () => {
    test.nimbus.answerNext({ match: { method: 'POST', path: TASKS }, status: 201 });
    const kept = await test.keep();
    expect(kept.registered[0]).toMatchObject({ webhook: 'task', services: [HELPDESK, expect.any(String)] });
    expect(kept.registered[0]?.triggerId).toBeUndefined();
    expect(kept.problems).toEqual([]);
    expect(test.log.text).toContain("did not tell the trigger's id: it can't be removed again");
    await test.keep();
    expect(test.changes().filter((change) => change === `POST ${TASKS}`)).toHaveLength(1);
  });
});

describe('two processes at once', () => {
  it('register once: the second finds the first at it', async () => {
    const kept = await Promise.all([test.keep(), test.keep()]);
    expect(kept.map(({ isBusy }) => isBusy).toSorted()).toEqual([false, true]);
    expect(test.registered()).toHaveLength(2);
    expect(await test.keep()).toMatchObject({ changed: 0, isBusy: false });
  });

  it('leave one registration even when the first took longer than its lease', async () => {
    let resume = () => {};
    const isHeld = new Promise<void>((held) => {
      const register = test.client.registerTaskWebHook;
      test.client.registerTaskWebHook = async (config) => {
        test.client.registerTaskWebHook = register;
        const id = await register(config);
        held();
        await new Promise<void>((resolve) => {
          resume = resolve;
        });
        return id;
      };
    });
    const slow = test.keep();
    await isHeld;
    test.time.nowMs += 121_000;
    const quick = await test.keep();
    expect(quick).toMatchObject({ changed: 2, isBusy: false });
    resume();
    expect((await slow).problems).toEqual(['webhook for tasks: another process changed the triggers meanwhile']);
    expect(taskTriggers().map(({ id }) => id)).toEqual([quick.registered[0]?.triggerId]);
    expect(test.registered()).toHaveLength(2);
  });

  it('do not wait for ever for one that died', async () => {
    await test.table.insert({ partitionKey: 'triggers', rowKey: 'lease', until: '2026-03-06T10:02:00.000Z' });
    expect(await test.keep()).toMatchObject({ changed: 0, isBusy: true });
    test.time.nowMs += 120_000;
    expect(await test.keep()).toMatchObject({ changed: 2, isBusy: false });
  });
});
