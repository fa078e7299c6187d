import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TaskMove } from '../../../../../infra/local/simulators/nimbus/task-moves.ts';
import { nimbusTaskSchema } from '../../../../../shared/events/nimbus-task.ts';
import { placesOf, publishedObject } from '../../../../helpers/published-definition.ts';
import { helpdesk, type NimbusUnderTest, sales, startMs, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const mia = 'mia.keller@contoso.example';
const sam = 'sam.ito@contoso.example';

type SimpleMove = 'accept' | 'queue' | 'ring' | 'rona' | 'userAccepted' | 'terminate';

function move(taskId: string, ...moves: (TaskMove | SimpleMove)[]): void {
  for (const next of moves) test.nimbus.moveTask(taskId, typeof next === 'string' ? { move: next } : next);
}

describe('a task’s webhooks', () => {
  it('come in order for an inbound call that is answered, and tell all there is to know', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask({ callerTelNumber: '+441632960123', serviceUpn: sales });
    move(id, 'accept', { move: 'setParameter', name: 'Language', value: 'de' }, 'queue', 'ring', 'userAccepted');
    test.nimbus.advance(90_000);
    move(id, 'terminate');
    const heard = await test.heard();
    expect(heard.map(({ event }) => event)).toEqual([
      'Created',
      'SystemAccepted',
      'ParameterUpdated',
      'QueueEntered',
      'UserRinging',
      'UserAccepted',
      'TaskTerminated',
    ]);
    expect(heard[0]).not.toHaveProperty('terminated');
    expect(heard[0]).not.toHaveProperty('lastConnectedUserId');
    expect(heard.at(-1)).toMatchObject({
      taskId: id,
      callChainId: expect.any(String),
      direction: 'Inbound',
      modality: 'Audio',
      created: '2026-03-06T10:00:00.000Z',
      terminated: '2026-03-06T10:01:30.000Z',
      lastConnectedUserId: expect.any(String),
      LastConnectedUserUPN: mia,
      LastConnectedUserEmail: mia,
      callerTelNumber: '+441632960123',
      isAnonymous: false,
      serviceUPN: sales,
      serviceDisplayName: 'Sales service',
      updatedParameterName: 'Language',
      updatedParameterValue: 'de',
      taskInformation: { customContextParameters: [{ name: 'Language', value: 'de' }] },
    });
  });

  it('carry published keys only', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask({
      modality: 'Email',
      emailSubject: 'Broken badge',
      taskInformation: { customer: { email: 'pat@example.org' }, preferredUsers: [{ upn: sam, priority: 1 }] },
    });
    move(id, 'accept', 'queue', 'ring', 'userAccepted', { move: 'setParameter', name: 'a', value: '' }, 'terminate');
    const published = new Set(placesOf(publishedObject('TaskEventData')).map(({ keys }) => keys[0]));
    for (const payload of await test.heard()) {
      expect(Object.keys(payload).filter((key) => !published.has(key))).toEqual([]);
      expect(nimbusTaskSchema.safeParse(payload).success).toBe(true);
    }
  });

  it('leave the last user out of a missed call, whose anonymous caller has no number', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask();
    move(id, 'accept', 'queue', 'terminate');
    const missed = (await test.heard()).at(-1);
    expect(missed).toMatchObject({ event: 'TaskTerminated', isAnonymous: true });
    expect(missed).not.toHaveProperty('lastConnectedUserId');
    expect(missed).not.toHaveProperty('callerTelNumber');
  });

  it('tell of a RONA, after which another user takes the task from the queue', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask();
    move(id, 'accept', 'queue', 'ring', 'rona', { move: 'ring', userUpn: sam }, 'userAccepted', 'terminate');
    const heard = await test.heard();
    expect(heard.map(({ event }) => event)).toEqual([
      'Created',
      'SystemAccepted',
      'QueueEntered',
      'UserRinging',
      'Rona',
      'UserRinging',
      'UserAccepted',
      'TaskTerminated',
    ]);
    expect(heard.at(-1)).toMatchObject({ LastConnectedUserUPN: sam });
  });

  it('come from the next service after a transfer, without a second Created', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask({ serviceUpn: helpdesk });
    move(id, 'accept', 'queue', 'ring', 'userAccepted', { move: 'transfer', serviceUpn: sales });
    move(id, 'accept', 'queue', 'ring', 'userAccepted', 'terminate');
    const heard = await test.heard();
    expect(heard.map(({ event, serviceUPN }) => `${event} ${serviceUPN === sales ? 2 : 1}`)).toEqual([
      'Created 1',
      'SystemAccepted 1',
      'QueueEntered 1',
      'UserRinging 1',
      'UserAccepted 1',
      'Transferred 1',
      'SystemAccepted 2',
      'QueueEntered 2',
      'UserRinging 2',
      'UserAccepted 2',
      'TaskTerminated 2',
    ]);
    expect(new Set(heard.map(({ taskId }) => taskId))).toEqual(new Set([id]));
  });

  it('prefer the preferred user without a priority, then the lowest one', () => {
    const preferring = (...preferredUsers: { upn: string; priority?: number }[]) => {
      const { id } = test.nimbus.startTask({ taskInformation: { preferredUsers } });
      move(id, 'queue', 'ring');
      return test.nimbus.state().tasks.find((task) => task.id === id)?.ringingUserUpn;
    };
    expect(preferring({ upn: mia, priority: 2 }, { upn: sam, priority: 1 })).toBe(sam);
    expect(preferring({ upn: mia, priority: 1 }, { upn: sam })).toBe(sam);
  });

  it('are not raised by a move that the state does not allow', async () => {
    await test.listen();
    const { id } = test.nimbus.startTask();
    expect(() => test.nimbus.moveTask(id, { move: 'userAccepted' })).toThrow(
      'A task in state Created cannot userAccepted. It has to be in one of: Ringing.',
    );
    expect(() => test.nimbus.moveTask(id, { move: 'answer' })).toThrow('dials nobody');
    expect(() => test.nimbus.moveTask('other', { move: 'accept' })).toThrow('There is no task other.');
    expect(await test.heardEvents()).toEqual(['Created']);
    move(id, 'terminate');
    expect(() => test.nimbus.moveTask(id, { move: 'terminate' })).toThrow('Terminated');
  });
});

describe('UpdateTask', () => {
  const known = {
    customer: { firstName: 'Nora', city: 'Leeds' },
    customContextParameters: [
      { name: 'Language', value: 'de' },
      { name: 'Tier', value: 'Gold' },
    ],
    preferredUsers: [{ upn: mia, priority: 1 }],
  };
  const start = () => test.nimbus.startTask({ taskInformation: known }).id;
  const update = (id: string, body?: unknown) => test.send('PUT', `/v1/tasks/${id}`, body);
  const informationOf = (id: string) => test.nimbus.state().tasks.find((task) => task.id === id)?.information;

  it('merges what was given and raises an event for each context parameter that changed', async () => {
    await test.listen();
    const id = start();
    const body = {
      customer: { lastName: 'Blake', city: 'York' },
      customContextParameters: [
        { name: 'Tier', value: 'Gold' },
        { name: 'Language', value: 'en' },
        { name: 'TicketNo', value: 'INC-1' },
      ],
    };
    expect(await update(id, body)).toMatchObject({ status: 200, text: '' });
    expect(informationOf(id)).toEqual({
      customer: { firstName: 'Nora', lastName: 'Blake', city: 'York' },
      customContextParameters: [
        { name: 'Language', value: 'en' },
        { name: 'Tier', value: 'Gold' },
        { name: 'TicketNo', value: 'INC-1' },
      ],
      preferredUsers: known.preferredUsers,
    });
    const [, ...updates] = await test.heard();
    expect(updates).toMatchObject([
      { event: 'ParameterUpdated', updatedParameterName: 'Language', updatedParameterValue: 'en' },
      { event: 'ParameterUpdated', updatedParameterName: 'TicketNo', updatedParameterValue: 'INC-1' },
    ]);
  });

  it('replaces when that reading is set', async () => {
    test.nimbus.behave({ updateTask: 'replace' });
    const id = start();
    await update(id, { customer: { lastName: 'Blake' } });
    expect(informationOf(id)).toEqual({ customer: { lastName: 'Blake' } });
  });

  it('changes nothing without a body, and takes null for what is not there', async () => {
    const id = start();
    expect((await update(id)).status).toBe(200);
    expect((await update(id, { customer: null, preferredUsers: null })).status).toBe(200);
    expect(informationOf(id)).toEqual(known);
  });

  it('sets the preferred users it knows, and answers 400 when it knows none', async () => {
    const id = start();
    await update(id, { preferredUsers: [{ upn: 'who@contoso.example' }, { upn: sam.toUpperCase(), priority: 99 }] });
    expect(informationOf(id)?.preferredUsers).toEqual([{ upn: sam.toUpperCase(), priority: 99 }]);
    expect((await update(id, { preferredUsers: [{ upn: 'who@contoso.example' }] })).status).toBe(400);
    expect(informationOf(id)?.preferredUsers).toEqual([{ upn: sam.toUpperCase(), priority: 99 }]);
  });

  it.each<[string, unknown]>([
    ['eleven preferred users', { preferredUsers: Array.from({ length: 11 }, () => ({ upn: mia })) }],
    ['a priority above 99', { preferredUsers: [{ upn: mia, priority: 100 }] }],
    ['a parameter without a name', { customContextParameters: [{ value: 'x' }] }],
    ['a parameter’s value that is no text', { customContextParameters: [{ name: 'x', value: 1 }] }],
    ['a body that is no object', []],
    ['a body that is not JSON', '{'],
  ])('answers 400 for %s', async (_name, body) => {
    const id = start();
    expect(await update(id, body)).toMatchObject({ status: 400, body: { errors: expect.any(Object) } });
    expect(informationOf(id)).toEqual(known);
  });

  it('answers 404 for a task that never was or, unless told otherwise, is over', async () => {
    const id = start();
    expect((await update('other', {})).status).toBe(404);
    test.nimbus.moveTask(id, { move: 'terminate' });
    expect((await update(id, {})).status).toBe(404);
    test.nimbus.behave({ endedTask: 'badRequest' });
    expect((await update(id, {})).status).toBe(400);
  });
});

it('tasks are told with the time of the clock', () => {
  expect(test.nimbus.startTask()).toMatchObject({ createdAtMs: startMs, state: 'Created' });
});
