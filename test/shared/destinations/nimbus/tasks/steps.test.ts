import { describe, expect, it } from 'vitest';
import { taskSteps } from '../../../../../shared/destinations/nimbus/tasks/steps.ts';
import { failureOf, prepared, problemsOf, run } from '../../bound-step.ts';
import { nimbus } from '../nimbus-under-test.ts';

const updateTask = taskSteps['nimbus.updateTask'];

describe('nimbus.updateTask', () => {
  it('sends what the route gives under its name on the wire, and nothing else', async () => {
    const { net, client } = nimbus({});
    const result = await run(updateTask, client, {
      taskId: 'task/1',
      customer: { firstName: 'Nora', upn: 'nora@northwind.example', customFields: { Tier: 'Gold' } },
      contextParameters: { TicketNo: 20418 },
      preferredUsers: [{ upn: 'mia.keller@contoso.example', priority: 1 }, { upn: 'sam.ito@contoso.example' }],
    });
    expect(result).toEqual({ updated: true });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['PUT', 'https://api.luware.example/v1/tasks/task%2F1']);
    expect(sent.body).toEqual({
      customer: {
        firstName: 'Nora',
        UPN: 'nora@northwind.example',
        customFields: [{ name: 'Tier', value: 'Gold' }],
      },
      customContextParameters: [{ name: 'TicketNo', value: '20418' }],
      preferredUsers: [{ upn: 'mia.keller@contoso.example', priority: 1 }, { upn: 'sam.ito@contoso.example' }],
    });
  });

  it('leaves out what came out empty, so that nothing that Nimbus knows is blanked', async () => {
    const { net, client } = nimbus({});
    await run(updateTask, client, {
      taskId: 'task-1',
      customer: { firstName: '', lastName: null, telNumbers: [], customFields: { Tier: null } },
      contextParameters: { A: null, B: '' },
      preferredUsers: [],
    });
    expect(net.only().body).toEqual({ customContextParameters: [{ name: 'B', value: '' }] });
  });

  it.each<[string, Record<string, unknown>]>([
    ['nothing', {}],
    ['a customer of whom nothing is known', { customer: { firstName: '', email: null } }],
    ['no customer', { customer: undefined }],
    ['empty lists', { contextParameters: {}, preferredUsers: [] }],
  ])('makes no call for %s', async (_what, args) => {
    const { net, client } = nimbus();
    expect(await run(updateTask, client, { taskId: 'task-1', ...args })).toEqual({ updated: false });
    expect(net.requests).toEqual([]);
  });

  it('takes one preferred user in place of a list', async () => {
    const { net, client } = nimbus({});
    await run(updateTask, client, { taskId: 'task-1', preferredUsers: { upn: 'mia.keller@contoso.example' } });
    expect(net.only().body).toEqual({ preferredUsers: [{ upn: 'mia.keller@contoso.example' }] });
  });

  it('gives up a task that has ended', async () => {
    const { client } = nimbus({ status: 404 });
    const failure = await failureOf(run(updateTask, client, { taskId: 'task-1', contextParameters: { A: 'b' } }));
    expect(failure).toMatchObject({
      name: 'PermanentError',
      httpStatus: 404,
      message: 'Nimbus answered 404 to "update task": the task has ended or is unknown',
    });
  });

  it.each([
    [400, 'PermanentError'],
    [401, 'TransientError'],
    [403, 'TransientError'],
    [500, 'TransientError'],
    [504, 'TransientError'],
  ])('answered %i is a %s', async (status, name) => {
    const { client } = nimbus({ status });
    const failure = await failureOf(run(updateTask, client, { taskId: 'task-1', contextParameters: { A: 'b' } }));
    expect(failure).toMatchObject({ name, httpStatus: status });
  });

  it('may be repeated: the second time changes nothing', () => {
    expect(prepared(updateTask, nimbus().client, { taskId: 'task-1' }).repeatable).toBe(true);
  });

  const taskId = 'task-1';
  const users = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ upn: `user${index}@contoso.example` }));

  it.each<[Record<string, unknown>, string]>([
    [{}, 'taskId: Invalid input'],
    [{ taskId: '' }, 'taskId: Too small'],
    [{ taskId, customer: { UPN: 'SECRET' } }, 'customer: Unrecognized key'],
    [{ taskId, customer: { firstName: 7 } }, 'customer.firstName: Invalid input'],
    [
      { taskId, contextParameters: { ['x'.repeat(65)]: 'SECRET' } },
      'contextParameters: Too big: expected names of at most 64',
    ],
    [
      { taskId, contextParameters: { A: 'x'.repeat(5121) } },
      'contextParameters: Too big: expected values of at most 5120',
    ],
    [{ taskId, preferredUsers: [{ upn: 'a@b', priority: 0 }] }, 'preferredUsers.0.priority: Too small'],
    [{ taskId, preferredUsers: [{ upn: 'a@b', priority: 100 }] }, 'preferredUsers.0.priority: Too big'],
    [{ taskId, preferredUsers: ['a@b'] }, 'preferredUsers: Invalid list: expected {upn, priority} items'],
    [{ taskId, preferredUsers: users(11) }, 'preferredUsers: Too big: expected at most 10 preferred users'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(updateTask, nimbus().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).not.toContain('SECRET');
  });
});
