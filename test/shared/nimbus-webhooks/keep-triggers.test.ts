import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTrigger } from '../../../shared/nimbus-webhooks/trigger-store.ts';
import { CARE, HELPDESK, KEY, SALES, startKeeperUnderTest } from './keeper-under-test.ts';

let test: Awaited<ReturnType<typeof startKeeperUnderTest>>;

beforeEach(async () => {
  test = await startKeeperUnderTest();
});

afterEach(() => test.nimbus.close());

const TASKS = '/v1/triggers/tasks';

describe('keepTriggers', () => {
  it('registers one trigger for each webhook, for everything that the settings leave open', async () => {
    const kept = await test.keep();
    const [task, entry, ...others] = test.registered();
    expect(others).toEqual([]);
    expect(task?.config).toEqual({
      url: 'http://127.0.0.1:9/api/nimbus/tasks?code=secret%2Fkey%2B1',
      services: [HELPDESK, SALES],
      events: expect.arrayContaining(['Created', 'TaskTerminated']),
    });
    expect(task?.config.events).toHaveLength((await test.client.getTaskEvents()).length);
    expect(entry?.config).toMatchObject({
      url: 'http://127.0.0.1:9/api/nimbus/scheduler-entries?code=secret%2Fkey%2B1',
      services: [HELPDESK, SALES],
    });
    const registeredAt = '2026-03-06T10:00:00.000Z';
    expect(kept).toEqual({
      registered: [
        { webhook: 'task', services: [HELPDESK, SALES], triggerId: task?.id, registeredAt },
        { webhook: 'schedulerEntry', services: [HELPDESK, SALES], triggerId: entry?.id, registeredAt },
      ],
      changed: 2,
      problems: [],
      isBusy: false,
    });
  });

  it('keeps the key out of table and log', async () => {
    await test.keep();
    const kept = JSON.stringify(test.table.rows) + test.log.text;
    expect(kept).toContain(test.registered()[0]?.id);
    for (const secret of [KEY, encodeURIComponent(KEY), 'code=']) expect(kept).not.toContain(secret);
  });

  it('does nothing when all is as it should be, however the settings are written', async () => {
    await test.keep({ taskEvents: ['SystemAccepted', 'Created'], modalities: ['InstantMessaging'] });
    const before = test.changes();
    const kept = await test.keep({
      services: [SALES, HELPDESK.toUpperCase()],
      taskEvents: ['created', 'system  ACCEPTED'],
      modalities: ['Instant messaging'],
    });
    expect(kept).toMatchObject({ changed: 0, problems: [] });
    expect(test.changes()).toEqual(before);
    expect(test.registered()[0]?.config).toMatchObject({
      events: ['Created', 'SystemAccepted'],
      modalities: ['InstantMessaging'],
    });
  });

  it('registers the new before it deletes what that replaces, and leaves the other webhook alone', async () => {
    await test.keep();
    const [old] = test.registered();
    test.time.nowMs += 60_000;
    const kept = await test.keep({ directions: ['inbound'] });
    expect(test.changes().slice(2)).toEqual([`POST ${TASKS}`, `DELETE ${TASKS}/${old?.id}`]);
    expect(kept.registered[0]).toMatchObject({
      triggerId: test.registered()[0]?.id,
      registeredAt: '2026-03-06T10:01:00.000Z',
    });
    expect(test.registered()).toHaveLength(2);
  });

  it('replaces when only the key changed', async () => {
    await test.keep();
    await test.keep({ callbackKey: 'another' });
    expect(test.registered().map(({ config }) => new URL(config.url).search)).toEqual([
      '?code=another',
      '?code=another',
    ]);
  });

  it('takes a replaced trigger that is gone already for deleted', async () => {
    await test.keep();
    await test.client.deleteTaskEventsTrigger(test.registered()[0]?.id ?? '');
    expect(await test.keep({ directions: ['Inbound'] })).toMatchObject({ problems: [] });
    expect(await readTrigger(test.table, 'task')).toMatchObject({ obsolete: [] });
  });

  it('deletes in the next run what could not be deleted in this', async () => {
    await test.keep();
    test.nimbus.answerNext({ match: { method: 'DELETE' }, status: 500 });
    const failed = await test.keep({ directions: ['Inbound'] });
    expect(failed.problems).toEqual([expect.stringContaining('Nimbus answered 500 to "delete task trigger"')]);
    expect(test.registered()).toHaveLength(3);
    expect(await test.keep({ directions: ['Inbound'] })).toMatchObject({ changed: 1, problems: [] });
    expect(test.registered()).toHaveLength(2);
  });

  it('drops a webhook when the settings leave it without services', async () => {
    await test.keep();
    const kept = await test.keep({ services: [CARE] });
    expect(kept).toMatchObject({ registered: [{ webhook: 'task', services: [CARE] }], problems: [] });
    expect(test.registered().map(({ webhook }) => webhook)).toEqual(['task']);
  });

  it('asks for each webhook only the services that it can have', async () => {
    const { registered, problems } = await test.keep({ services: [HELPDESK, CARE] });
    expect(registered.map(({ services }) => services)).toEqual([[CARE, HELPDESK], [HELPDESK]]);
    expect(problems).toEqual([]);
  });
});

describe('keepTriggers, when Nimbus and the settings disagree', () => {
  it.each([
    [
      'taskEvents',
      { taskEvents: ['Created', 'Exploded'] },
      /^NIMBUS_TASK_EVENTS: Nimbus has no "Exploded"; it knows Created, SystemAccepted/,
    ],
    [
      'modalities',
      { modalities: ['Fax'] },
      /^NIMBUS_MODALITIES: Nimbus has no "Fax"; it knows Audio, InstantMessaging/,
    ],
    ['directions', { directions: ['up'] }, /^NIMBUS_DIRECTIONS: Nimbus has no "up"; it knows Inbound, Outbound, None/],
  ])(
    'names what is unknown in %s, and what is known; the other webhook is registered',
    async (_what, changes, words) => {
      const kept = await test.keep(changes);
      expect(kept.problems).toEqual([expect.stringMatching(words)]);
      expect(test.registered().map(({ webhook }) => webhook)).toEqual(['schedulerEntry']);
    },
  );

  it('names a service that nobody offers', async () => {
    const { problems } = await test.keep({ services: [HELPDESK, 'nobody@contoso.example'] });
    expect(problems[0]).toMatch(/^NIMBUS_SERVICES: .*nobody@contoso.example.*it shows care@.*, helpdesk@.*, sales@/);
    expect(test.registered()).toEqual([]);
  });

  it('leaves the trigger as it is when a service is not shown any more, and says so', async () => {
    await test.keep();
    const before = test.registered();
    test.nimbus.hide(SALES);
    const { problems, changed } = await test.keep();
    expect(problems).toEqual([
      expect.stringMatching(
        /no longer shows sales@contoso.example to the signed-in account for tasks, .*it shows care@/,
      ),
      expect.stringMatching(/no longer shows sales@contoso.example .* for scheduler entries/),
    ]);
    expect(changed).toBe(0);
    expect(test.registered()).toEqual(before);
  });

  it('says that a role is missing when nothing is shown', async () => {
    await test.keep();
    test.nimbus.removeRole('TenantAdmin');
    const { problems, registered } = await test.keep();
    expect(problems[0]).toMatch(/none at all: does the account have a role in Nimbus\?/);
    expect(registered).toHaveLength(2);
    test.nimbus.grantRole('TenantAdmin');
    expect(await test.keep()).toMatchObject({ problems: [], changed: 0 });
  });

  it('says when Nimbus refuses, and counts that as nothing registered', async () => {
    test.nimbus.answerNext({ match: { method: 'POST', path: TASKS }, status: 403, times: 2 });
    const { problems } = await test.keep();
    expect(problems).toEqual([
      'webhook for tasks: Nimbus answered 403 to "register task webhook": check its credentials',
    ]);
    await test.keep();
    expect(await readTrigger(test.table, 'task')).toMatchObject({ unremovable: [] });
  });
});

describe('removeTriggers', () => {
  it('removes all, and they stay away until somebody registers by hand', async () => {
    await test.keep();
    expect(await test.remove()).toEqual({ removed: 2, problems: [], isBusy: false });
    expect(test.registered()).toEqual([]);
    expect(await test.keep()).toMatchObject({ registered: [], changed: 0 });
    expect(await test.keep({}, true)).toMatchObject({ changed: 2 });
    expect(await test.keep()).toMatchObject({ changed: 0 });
    expect(test.registered()).toHaveLength(2);
  });

  it('says what could not be removed, and removes it the next time', async () => {
    await test.keep();
    test.nimbus.answerNext({ match: { method: 'DELETE' }, status: 504 });
    expect((await test.remove()).problems).toEqual([expect.stringContaining('webhook for tasks: Nimbus answered 504')]);
    expect(await test.remove()).toEqual({ removed: 1, problems: [], isBusy: false });
    expect(test.registered()).toEqual([]);
  });
});
