import { describe, expect, it } from 'vitest';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf } from '../../bound-step.ts';
import { nimbus } from '../nimbus-under-test.ts';

const tasks = {
  url: 'https://bridge.example/api/nimbus/tasks?code=1',
  services: ['helpdesk@contoso.example'],
  taskEvents: ['SystemAccepted'],
};
const schedulerEntries = {
  url: 'https://bridge.example/api/nimbus/scheduler-entries?code=1',
  services: ['sales@contoso.example'],
  schedulerEntryEvents: ['Completed'],
};

describe('a registered trigger', () => {
  it.each<[string, PlannedAnswer]>([
    ['an address', { headers: { location: 'https://api.luware.cloud/v1/triggers/tasks/trigger-1' } }],
    ['an address without its host', { headers: { location: '/v1/triggers/tasks/trigger-1/' } }],
    ['an address in another casing', { headers: { location: 'https://x.example/V1/Triggers/Tasks/trigger-1?v=2' } }],
    ['an encoded address', { headers: { location: '/v1/triggers/tasks/trigger%2D1' } }],
    ['its body', { json: { Id: 'trigger-1' } }],
    ['a key of its own in the body', { json: { TriggerID: 'trigger-1', id: 'other' } }],
    ['a bare text', { json: 'trigger-1' }],
    [
      'the body, when the address has no id',
      { headers: { location: '/v1/triggers/tasks' }, json: { id: 'trigger-1' } },
    ],
  ])('says its id by %s', async (_what, answer) => {
    const { client } = nimbus({ status: 201, ...(typeof answer === 'object' && !(answer instanceof Error) && answer) });
    expect(await client.registerTaskWebHook(tasks)).toBe('trigger-1');
  });

  it('keeps an id that is not encoded well', async () => {
    const { client } = nimbus({ status: 201, headers: { location: '/v1/triggers/tasks/50%' } });
    expect(await client.registerTaskWebHook(tasks)).toBe('50%');
  });

  it('of the scheduler has its id in its own address', async () => {
    const { net, client } = nimbus({ status: 201, headers: { location: '/v1/triggers/scheduler-entries/trigger-2' } });
    expect(await client.registerSchedulerEntryTrigger(schedulerEntries)).toBe('trigger-2');
    expect(net.only().body).toEqual({ config: schedulerEntries });
  });

  it.each<[string, PlannedAnswer]>([
    ['nothing', { status: 201 }],
    ['an empty text', { status: 201, json: '' }],
    ['something else', { status: 201, json: { hello: 'SECRET' } }],
  ])('is a failure when its answer is %s', async (_what, answer) => {
    expect(await failureOf(nimbus(answer).client.registerTaskWebHook(tasks))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus took "register task webhook", but did not say the trigger\'s id: it can\'t be removed again',
    });
  });

  it('needs a service', async () => {
    const { net, client } = nimbus({});
    const failure = await failureOf(client.registerTaskWebHook({ ...tasks, services: [] }));
    expect(failure.message).toContain('config.services: Too small');
    expect(net.requests).toEqual([]);
  });

  it.each([
    [204, true],
    [404, false],
  ])('is removed, answered %i', async (status, wasThere) => {
    const { client } = nimbus({ status }, { status });
    expect(await client.deleteTaskEventsTrigger('trigger-1')).toBe(wasThere);
    expect(await client.deleteSchedulerEntriesTrigger('trigger-2')).toBe(wasThere);
  });
});
