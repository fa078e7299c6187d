import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AcdUnderTest, callback, recordsOf, startAcdUnderTest } from './acd-under-test.ts';

let test: AcdUnderTest;
beforeEach(async () => {
  test = await startAcdUnderTest();
});
afterEach(() => test.acd.close());

const create = async (changes: Record<string, unknown> = {}) =>
  Number(recordsOf(await test.post('/acd/events/create', { ...callback, ...changes }))[0]?.ID);
const event = async (id: number) => recordsOf(await test.get(`/acd/events/event/${id}`))[0];

describe('the life of an event', () => {
  it('goes from the queue to an agent of its group and to its end', async () => {
    const id = await create();
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 1, UsersID: null });
    test.acd.advance(60_000);
    test.acd.distributeEvent(id);
    expect(await event(id)).toMatchObject({
      AcdEventStatusID: 20,
      UsersID: 118,
      dtCreated: '2024-03-11T09:02:11.340',
      dtLastModified: '2024-03-11T09:03:11.340',
    });
    test.acd.moveEvent(id, 'see');
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 30 });
    test.acd.moveEvent(id, 'remind');
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 40 });
    test.acd.finishEvent(id);
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 99 });
  });

  it.each<[string, Record<string, unknown>, number | undefined, number]>([
    ['to whom it is for', { UsersID: 119 }, undefined, 119],
    ['to whom the control names', { UsersID: 119 }, 118, 118],
    [
      'to an agent of the agent group',
      { AcdGroupsID: undefined, AcdConfigurationGroupsID: 60, AcdAgentGroupsID: 61 },
      undefined,
      118,
    ],
    ['to an agent of another group', { AcdGroupsID: 42 }, undefined, 119],
  ])('goes %s', async (_name, changes, usersId, expected) => {
    const id = await create(changes);
    test.acd.distributeEvent(id, usersId);
    expect(await event(id)).toMatchObject({ UsersID: expected });
  });

  it('does not begin before its appointment, in the zone of the system', async () => {
    const id = await create({ dtAppointmentTime: '09:30' });
    expect(() => test.acd.distributeEvent(id)).toThrow('appointment at 2024-03-11T09:30:00.000');
    test.acd.advance(28 * 60_000);
    test.acd.distributeEvent(id);
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 20 });
  });

  it.each(['distribute', 'see', 'remind', 'finish', 'fail'] as const)('cannot %s what is done', async (move) => {
    const id = await create();
    test.acd.finishEvent(id);
    expect(() => test.acd.moveEvent(id, move)).toThrow(`Event ${id} has status 99: cannot ${move} it.`);
  });

  it('cannot be seen before somebody has it, nor distributed twice', async () => {
    const id = await create();
    expect(() => test.acd.moveEvent(id, 'see')).toThrow('has status 1');
    test.acd.distributeEvent(id);
    expect(() => test.acd.distributeEvent(id)).toThrow('has status 20');
  });

  it('moves over HTTP', async () => {
    const id = await create();
    const move = (path: string) => test.control('POST', `/events/${path}`);
    expect((await move(`${id}/distribute?user=119`)).status).toBe(204);
    expect(await event(id)).toMatchObject({ UsersID: 119 });
    expect((await move(`${id}/fail`)).status).toBe(204);
    expect(await event(id)).toMatchObject({ AcdEventStatusID: 100 });
    expect(await move('1/finish')).toMatchObject({ status: 400, body: { error: 'The ACD has no event 1.' } });
    expect(await move(`${id}/distribute?user=1`)).toMatchObject({ body: { error: 'The ACD has no user 1.' } });
    const nobody = await create({ AcdGroupsID: 60 });
    expect(await move(`${nobody}/distribute`)).toMatchObject({ body: { error: 'Group 60 has no agent: name one.' } });
  });
});

describe('a receiver that is no service number', () => {
  it.each<['accept' | 'refuse', unknown, number]>([
    ['accept', '493099999999', 200],
    ['refuse', '493099999999', 400],
    ['refuse', '+493023125900', 200],
    ['refuse', undefined, 200],
  ])('when the system shall %s it: %s answers %i', async (unknownReceiver, Receiver, status) => {
    test.acd.behave({ unknownReceiver });
    expect((await test.post('/acd/events/create', { ...callback, Receiver })).status).toBe(status);
  });
});

describe('a planned answer', () => {
  it.each([
    ['reset', { reset: true, afterEffect: true }],
    ['hanging', { hang: true, afterEffect: true }],
    ['late', { delayMs: 60_000, afterEffect: true }],
  ])('can be lost after the work was done: %s', async (_name, planned) => {
    test.acd.answerNext(planned);
    const lost = create().catch((error: unknown) => error);
    await expect.poll(() => test.acd.state().events.length).toBe(1);
    await test.acd.close();
    expect(await lost).toBeInstanceOf(Error);
  });

  it('can refuse for a while, as a busy server does', async () => {
    test.acd.answerNext({ status: 429, headers: { 'retry-after': '1' } }, { status: 503, body: 'busy' });
    const answers = [await test.get('/users'), await test.get('/users'), await test.get('/users')];
    expect(answers.map(({ status }) => status)).toEqual([429, 503, 200]);
  });
});

describe('controls', () => {
  it('do everything over HTTP', async () => {
    const contact = { DiallerCampaignsID: 538, Name: 'A', PhoneNumber1: '493023125061' };
    await test.post('/dialler/contacts/import?overwriteDuplicates=true', contact);
    const statusOf = async (method: string, path: string, body?: unknown) =>
      (await test.control(method, path, body)).status;
    expect(await statusOf('POST', '/contacts/215501/result', { exportKey: 'RENEWED' })).toBe(204);
    expect(await statusOf('POST', '/calls')).toBe(201);
    expect(await statusOf('POST', '/advance', { ms: 1_000 })).toBe(204);
    expect(await statusOf('PATCH', '/behaviour', { oldApi: true })).toBe(200);
    expect(test.acd.state()).toMatchObject({
      contacts: [{ result: { exportKey: 'RENEWED' } }],
      calls: [{ state: 'ringing' }],
      behaviour: { oldApi: true },
    });
    const id = await create();
    expect(await event(id)).toMatchObject({ dtCreated: '2024-03-11T09:02:12.340' });
    expect(await event(id)).not.toHaveProperty('nPriority');
  });

  it.each<[string, string, unknown, string]>([
    ['POST', '/contacts/1/result', { exportKey: 'RENEWED' }, 'Dialler contact not found'],
    ['POST', '/contacts/1/result', {}, 'exportKey'],
    ['POST', '/calls', { number: '1' }, 'number'],
    ['POST', '/advance', { ms: 'soon' }, 'ms'],
    ['PATCH', '/behaviour', { callbackUrl: 'nowhere' }, 'callbackUrl'],
  ])('%s %s %j is refused with the reason', async (method, path, body, reason) => {
    const answer = await test.control(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });

  it('know only the result codes of the contact’s campaign', async () => {
    const contact = { DiallerCampaignsID: 538, Name: 'A', PhoneNumber1: '493023125061' };
    await test.post('/dialler/contacts/import?overwriteDuplicates=true', contact);
    expect(() => test.acd.finishContact(215501, 'SOLD')).toThrow('no result code SOLD');
  });

  it('lead back to the beginning', async () => {
    await create();
    test.acd.startCall();
    await test.remove('/dialler/campaigns/538');
    await test.send('PATCH', '/cockpitVariables/cockpitVariable/11/setValue?value=1');
    test.acd.behave({ oldApi: true });
    test.acd.clear();
    expect(test.acd.state()).toMatchObject({ events: [], calls: [], contacts: [], behaviour: { oldApi: false } });
    expect(test.acd.state().campaigns.map(({ id }) => id)).toEqual([538, 539]);
    expect(test.acd.state().cockpitVariables[0]).toMatchObject({ id: 11, value: 0 });
  });
});
