import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from '../../../../../shared/zod.ts';
import { helpdesk, type NimbusUnderTest, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const mia = 'mia.keller@contoso.example';
const path = '/v1/ExternalTasks';
const add = (body: unknown = { serviceUpn: helpdesk }) => test.send('POST', path, body);
const remove = (id: string) => test.send('DELETE', `${path}/${id}`);
const added = async () => z.object({ id: z.string() }).parse((await add()).body).id;

describe('an external task', () => {
  it('is answered with its id and its service, and becomes a task that goes to the queue', async () => {
    await test.listen();
    const answer = await add({
      serviceUpn: helpdesk,
      customerIdentifier: 'CUST-1009',
      customer: { firstName: 'Nora' },
      customContextParameters: [{ name: 'Topic', value: 'Delivery' }],
      distributionPriority: 'VeryHigh',
      preferredUsers: [{ upn: mia, priority: 1 }],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: expect.any(String),
        modality: 'ExternalTask',
        created: '2026-03-06T10:00:00.000Z',
        isAnonymous: false,
        serviceUPN: helpdesk,
        serviceId: expect.any(String),
        preferredUsers: [{ upn: mia, priority: 1 }],
      },
    });
    const { id } = z.object({ id: z.string() }).parse(answer.body);
    const heard = await test.heard();
    expect(heard.map(({ event }) => event)).toEqual(['Created', 'SystemAccepted', 'QueueEntered']);
    expect(heard[0]).toMatchObject({
      taskId: id,
      direction: 'None',
      modality: 'ExternalTask',
      customerIdentifier: 'CUST-1009',
      taskInformation: {
        customer: { firstName: 'Nora' },
        customContextParameters: [{ name: 'Topic', value: 'Delivery' }],
        preferredUsers: [{ upn: mia, priority: 1 }],
      },
    });
    expect(heard[0]).not.toHaveProperty('callChainId');
  });

  it('is anonymous without an identifier, and can be taken by a user and updated', async () => {
    await test.listen();
    const id = await added();
    await test.send('PUT', `/v1/tasks/${id}`, { customContextParameters: [{ name: 'a', value: 'b' }] });
    for (const move of ['ring', 'userAccepted', 'terminate'] as const) test.nimbus.moveTask(id, { move });
    const heard = await test.heard();
    expect(heard[0]).toMatchObject({ isAnonymous: true });
    expect(heard.slice(3).map(({ event }) => event)).toEqual([
      'ParameterUpdated',
      'UserRinging',
      'UserAccepted',
      'TaskTerminated',
    ]);
  });

  it('can be removed while it waits, once', async () => {
    await test.listen();
    const id = await added();
    expect(await remove(id)).toMatchObject({ status: 200, text: '' });
    expect(await test.heardEvents()).toEqual(['Created', 'SystemAccepted', 'QueueEntered', 'TaskTerminated']);
    expect((await remove(id)).status).toBe(404);
  });

  it('answers 400 to its removal once it was assigned to a user, and can be removed again after a RONA', async () => {
    const id = await added();
    test.nimbus.moveTask(id, { move: 'ring' });
    expect((await remove(id)).status).toBe(400);
    test.nimbus.moveTask(id, { move: 'rona' });
    expect((await remove(id)).status).toBe(200);

    const taken = await added();
    for (const move of ['ring', 'userAccepted'] as const) test.nimbus.moveTask(taken, { move });
    expect((await remove(taken)).status).toBe(400);
    expect(test.nimbus.state().tasks.find((task) => task.id === taken)?.state).toBe('Connected');
  });

  it('is not what a call is: removing that answers 404', async () => {
    const { id } = test.nimbus.startTask();
    expect((await remove(id)).status).toBe(404);
    expect((await remove('other')).status).toBe(404);
  });

  it('answers 400 above the number of open ones, and counts ended ones no more', async () => {
    test.nimbus.behave({ maxExternalTasks: 2 });
    test.nimbus.startTask();
    const first = await added();
    expect((await add()).status).toBe(200);
    expect((await add()).status).toBe(400);
    await remove(first);
    expect((await add()).status).toBe(200);
  });

  it.each<[string, unknown, number]>([
    ['no service', {}, 400],
    ['a service that the list does not have', { serviceUpn: 'care@contoso.example' }, 403],
    ['a priority’s name', { serviceUpn: helpdesk, distributionPriority: 'Very High' }, 400],
    ['unknown preferred users only', { serviceUpn: helpdesk, preferredUsers: [{ upn: 'who@contoso.example' }] }, 400],
    ['a context parameter without a name', { serviceUpn: helpdesk, customContextParameters: [{}] }, 400],
  ])('is refused with %s', async (_name, body, status) => {
    expect((await add(body)).status).toBe(status);
    expect(test.nimbus.state().tasks).toEqual([]);
  });
});
