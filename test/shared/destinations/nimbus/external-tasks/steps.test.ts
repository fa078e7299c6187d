import { describe, expect, it } from 'vitest';
import { externalTaskSteps } from '../../../../../shared/destinations/nimbus/external-tasks/steps.ts';
import { failureOf, prepared, problemsOf, run } from '../../bound-step.ts';
import { nimbus } from '../nimbus-under-test.ts';

const addExternalTask = externalTaskSteps['nimbus.addExternalTask'];
const removeExternalTask = externalTaskSteps['nimbus.removeExternalTask'];

const serviceUpn = 'helpdesk@contoso.example';
const created = { json: { id: 'external-1', modality: 'ExternalTask', serviceUPN: serviceUpn } };

describe('nimbus.addExternalTask', () => {
  it('sends the smallest task', async () => {
    const { net, client } = nimbus(created);
    expect(await run(addExternalTask, client, { serviceUpn })).toEqual({ externalTaskId: 'external-1' });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', 'https://api.luware.example/v1/ExternalTasks']);
    expect(sent.body).toEqual({ serviceUpn });
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = nimbus(created);
    await run(addExternalTask, client, {
      serviceUpn,
      customerIdentifier: 'CUST-1009',
      customer: { displayName: 'Nora Blake', telNumbers: [{ name: 'Mobile', value: '+447700900123' }] },
      contextParameters: [{ name: 'Order', value: '4711' }],
      distributionPriority: 'High',
      preferredUsers: { upn: 'mia.keller@contoso.example', priority: 99 },
    });
    expect(net.only().body).toEqual({
      serviceUpn,
      customerIdentifier: 'CUST-1009',
      customer: { displayName: 'Nora Blake', telNumbers: [{ name: 'Mobile', value: '+447700900123' }] },
      customContextParameters: [{ name: 'Order', value: '4711' }],
      distributionPriority: 'High',
      preferredUsers: [{ upn: 'mia.keller@contoso.example', priority: 99 }],
    });
  });

  it('leaves out what came out empty', async () => {
    const { net, client } = nimbus(created);
    await run(addExternalTask, client, { serviceUpn, customerIdentifier: null, customer: {}, contextParameters: {} });
    expect(net.only().body).toEqual({ serviceUpn });
  });

  it('fails for good when Nimbus took the task and did not say its id', async () => {
    const { client } = nimbus({ json: { modality: 'ExternalTask' } });
    expect(await failureOf(run(addExternalTask, client, { serviceUpn }))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus took "add external task", but its answer can\'t be read',
    });
  });

  it('can neither be repeated without an effect, nor be asked for', () => {
    const call = prepared(addExternalTask, nimbus().client, { serviceUpn });
    expect(call).toMatchObject({ repeatable: false, findExisting: undefined });
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'serviceUpn: Invalid input'],
    [{ serviceUpn, distributionPriority: '' }, 'distributionPriority: Too small'],
    [{ serviceUpn, customerIdentifier: 7 }, 'customerIdentifier: Invalid input'],
    [{ serviceUpn, referenceId: 'a' }, 'arguments: Unrecognized key: "referenceId"'],
  ])('refuses %j', (args, problem) => {
    const problems = problemsOf(addExternalTask, nimbus().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('nimbus.removeExternalTask', () => {
  const args = { externalTaskId: 'external/1' };

  it.each([
    [200, 'removed'],
    [204, 'removed'],
    [404, 'gone'],
  ])('answered %i: %s', async (status, outcome) => {
    const { net, client } = nimbus({ status });
    expect(await run(removeExternalTask, client, args)).toEqual({ outcome });
    const sent = net.only();
    expect([sent.method, sent.url.pathname]).toEqual(['DELETE', '/v1/ExternalTasks/external%2F1']);
    expect(sent.body).toBeUndefined();
  });

  it('gives up a task that a user has', async () => {
    const { client } = nimbus({ status: 400, text: 'SECRET' });
    expect(await failureOf(run(removeExternalTask, client, args))).toMatchObject({
      name: 'PermanentError',
      httpStatus: 400,
      message:
        'Nimbus answered 400 to "remove external task": only before it is assigned to a user can a task be removed',
    });
  });

  it('leaves other refusals as they are', async () => {
    const { client } = nimbus({ status: 405 }, { status: 500 });
    expect((await failureOf(run(removeExternalTask, client, args))).message).toBe(
      'Nimbus answered 405 to "remove external task"',
    );
    expect(await failureOf(run(removeExternalTask, client, args))).toMatchObject({ name: 'TransientError' });
  });

  it('may be repeated', () => {
    expect(prepared(removeExternalTask, nimbus().client, args).repeatable).toBe(true);
  });
});
