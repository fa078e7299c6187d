import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from '../../../../../shared/zod.ts';
import { type NimbusUnderTest, sales, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const taskSchema = z.object({ id: z.string(), state: z.string() });

describe('over HTTP', () => {
  it('a task arrives, is moved on and told of', async () => {
    await test.listen();
    const started = await test.control('POST', '/tasks', { serviceUpn: sales, modality: 'InstantMessaging' });
    expect(started).toMatchObject({ status: 201, body: { state: 'Created', serviceUpn: sales } });
    const { id } = taskSchema.parse(started.body);
    for (const [move, state] of [
      [{ move: 'accept' }, 'Accepted'],
      [{ move: 'queue' }, 'InQueue'],
      [{ move: 'ring', userUpn: 'sam.ito@contoso.example' }, 'Ringing'],
      [{ move: 'rona' }, 'InQueue'],
      [{ move: 'ring' }, 'Ringing'],
      [{ move: 'userAccepted' }, 'Connected'],
      [{ move: 'setParameter', name: 'a', value: 'b' }, 'Connected'],
      [{ move: 'transfer' }, 'Transferred'],
      [{ move: 'terminate' }, 'Terminated'],
    ] as const) {
      expect(await test.control('POST', `/tasks/${id}/moves`, move)).toMatchObject({ status: 200, body: { state } });
    }
    expect((await test.control('POST', '/settle')).status).toBe(204);
    expect(test.received).toHaveLength(10);
    expect((await test.control('POST', '/tasks')).status).toBe(201);
  });

  it('the clock is put forward', async () => {
    const entry = { destination: '+441632960188', dueDateTimeUtc: '2026-03-06T11:00:00Z', serviceUpn: sales };
    await test.send('POST', '/v1/scheduler-entries', entry);
    expect((await test.control('POST', '/advance', { ms: 3_600_000 })).status).toBe(204);
    const { body } = await test.control('GET', '/state');
    expect(body).toMatchObject({ schedulerEntries: [{ state: 'InProgress' }], tasks: [{ state: 'InQueue' }] });
    const [task] = z.object({ tasks: z.array(taskSchema) }).parse(body).tasks;
    for (const move of ['ring', 'userAccepted', 'noAnswer'] as const) {
      await test.control('POST', `/tasks/${task?.id}/moves`, { move });
    }
    expect((await test.control('GET', '/state')).body).toMatchObject({ schedulerEntries: [{ state: 'Completed' }] });
  });

  it('roles and what is visible are taken away and given back', async () => {
    const testConnection = async () => (await test.send('GET', '/v1/diagnostics/testconnection')).status;
    const services = async () => (await test.send('GET', '/v1/tasks/service-contacts')).body;
    expect((await test.control('DELETE', '/roles/TenantAdmin')).status).toBe(204);
    expect(await testConnection()).toBe(403);
    expect((await test.control('PUT', '/roles/TenantAdmin')).status).toBe(204);
    expect(await testConnection()).toBe(200);
    expect((await test.control('DELETE', `/visible/${sales}`)).status).toBe(204);
    expect(await services()).not.toContain(sales);
    expect((await test.control('PUT', `/visible/${sales}`)).status).toBe(204);
    expect(await services()).toContain(sales);
  });

  it('the behaviour is changed in part, and back to what it was at the start', async () => {
    const changed = await test.control('PATCH', '/behaviour', { errorBodies: 'text' });
    expect(changed).toMatchObject({ status: 200, body: { errorBodies: 'text', updateTask: 'merge' } });
    expect((await test.send('PUT', '/v1/tasks/other', {})).text).toBe('The task was not found.');
    expect((await test.control('DELETE', '/state')).status).toBe(204);
    expect(test.nimbus.state().behaviour.errorBodies).toBe('json');
  });

  it.each<[string, string, unknown, string]>([
    ['POST', '/tasks', { modality: 'Fax' }, 'modality'],
    ['POST', '/tasks', { color: 'red' }, 'color'],
    ['POST', '/tasks', '{', 'object'],
    ['POST', '/tasks/other/moves', { move: 'accept' }, 'There is no task other.'],
    ['POST', '/tasks/other/moves', { move: 'fly' }, 'move'],
    ['POST', '/advance', { ms: -1 }, 'ms'],
    ['PATCH', '/behaviour', { updateTask: 'guess' }, 'updateTask'],
    ['PATCH', '/behaviour', { colour: 1 }, 'colour'],
    ['PATCH', '/behaviour', [], 'expected record'],
    ['PUT', '/roles/King', undefined, 'TenantAdmin'],
  ])('%s %s with %j is refused, saying why', async (method, path, body, reason) => {
    const answer = await test.control(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(reason) } });
    expect(test.nimbus.state().tasks).toEqual([]);
  });
});

it('everything is as it was at the start after a clear', async () => {
  await test.listen();
  const before = { ...test.nimbus.state(), triggers: [], highestCallsPerMinute: 0 };
  test.nimbus.startTask();
  test.nimbus.behave({ updateTask: 'replace' });
  test.nimbus.removeRole('TenantAdmin');
  test.nimbus.hide(sales);
  test.nimbus.advance(1_000);
  await test.nimbus.settled();
  expect(test.nimbus.state().callbacks).toMatchObject([{ event: 'Created', attempt: 1, status: 202 }]);
  test.nimbus.clear();
  expect(test.nimbus.state()).toEqual(before);
  expect(test.nimbus.startTask({ serviceUpn: sales }).createdAtMs).toBe(test.clock.nowMs);
});

it('starts with the behaviour it is given', async () => {
  const other = await startNimbusUnderTest({ behaviour: { updateTask: 'replace' } });
  other.nimbus.behave({ updateTask: 'merge' });
  other.nimbus.clear();
  expect(other.nimbus.state().behaviour).toMatchObject({ updateTask: 'replace', errorBodies: 'json' });
  await other.close();
});
