import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AcdSimulator,
  type AcdSimulatorOptions,
  startAcdSimulator,
} from '../../../../../infra/local/simulators/acd/simulator.ts';
import { acdToken as token } from '../../../../../infra/local/simulators/credentials.ts';
import * as z from '../../../../../shared/zod.ts';
import { type Answer, call } from '../call.ts';

const callback = {
  AcdEventTypesID: 3,
  AcdGroupsID: 41,
  Sender: '493023125027',
  Receiver: '493023125900',
  Subject: 'Please call back about contract 7781',
  Body: 'Customer asks for the cancellation terms.',
  CrmURL: 'https://crm.example.com/customers/7781',
  UserData: 'CASE-7781',
};
const { AcdGroupsID: _group, ...untargeted } = callback;

let acd: AcdSimulator;
let now = 0;

async function start(options: Partial<AcdSimulatorOptions> = {}): Promise<void> {
  acd = await startAcdSimulator({ port: 0, clock: () => now, ...options });
}

beforeEach(async () => {
  now = Date.parse('2024-03-11T08:02:11.340Z');
  await start();
});
afterEach(() => acd.close());

const get = (path: string) => call('GET', acd.baseUrl + path, { token });
const create = (body: unknown) => call('POST', `${acd.baseUrl}/acd/events/create`, { token, body });

const recordsSchema = z.looseObject({ records: z.array(z.record(z.string(), z.unknown())) });
const recordsOf = (answer: Answer) => recordsSchema.parse(answer.body).records;

describe('access', () => {
  it.each<[string, string, Record<string, string>]>([
    ['no token', '7', {}],
    ['another token', '7', { authorization: 'Bearer other' }],
    ['another client account', '8', { authorization: `Bearer ${token}` }],
    ['a client account that is no number', 'abc', { authorization: `Bearer ${token}` }],
  ])('with %s answers 401 with a body', async (_name, clientsId, headers) => {
    const answer = await call('GET', `${acd.origin}/rest/v1.0/${clientsId}/acd/groups`, { headers });
    expect(answer).toMatchObject({ status: 401, body: { status: 401, error: 'Unauthorized' } });
  });

  it.each([
    ['an unknown route', 'GET', '/acd/agents'],
    ['an id that is no number', 'GET', '/acd/events/event/abc'],
    ['a method that the route does not have', 'DELETE', '/acd/events/event/1'],
  ])('to %s answers 404 without a body', async (_name, method, path) => {
    expect(await call(method, acd.baseUrl + path, { token })).toMatchObject({ status: 404, text: '' });
  });

  it.each([
    ['/acd/events/event/1', 'AcdEvent not found'],
    ['/acd/groups/group/9999', 'ACD group not found'],
  ])('to an unknown object (%s) answers 404 with a body', async (path, error) => {
    expect(await get(path)).toMatchObject({ status: 404, body: { status: 404, error } });
  });
});

describe('creating an event', () => {
  it('answers 200 with one record in the short envelope', async () => {
    const answer = await create(callback);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      records: [
        {
          ID: 90240,
          AcdEventTypesID: 3,
          AcdEventStatusID: 1,
          AcdGroupsID: 41,
          UsersID: null,
          Sender: '493023125027',
          Receiver: '493023125900',
          Subject: 'Please call back about contract 7781',
          CrmURL: 'https://crm.example.com/customers/7781',
          UserData: 'CASE-7781',
          ChatConnectorsID: null,
          SkillsValue1: null,
          SkillsValue2: null,
          nPriority: 50,
          dtAppointment: null,
          dtCreated: '2024-03-11T09:02:11.340',
          dtLastModified: '2024-03-11T09:02:11.340',
        },
      ],
      count: 1,
      status: 200,
    });
    expect(acd.state().events[0]?.request.body).toBe('Customer asks for the cancellation terms.');
  });

  it('takes a group pair, a user, a priority and an appointment', async () => {
    const [record] = recordsOf(
      await create({
        ...untargeted,
        AcdConfigurationGroupsID: 60,
        AcdAgentGroupsID: 61,
        UsersID: 118,
        nPriority: 200,
        dtAppointmentDate: '20240312',
        dtAppointmentTime: '1430',
      }),
    );
    expect(record).toMatchObject({
      AcdConfigurationGroupsID: 60,
      AcdAgentGroupsID: 61,
      UsersID: 118,
      nPriority: 200,
      dtAppointment: '2024-03-12T14:30:00.000',
    });
    expect(record).not.toHaveProperty('AcdGroupsID');
  });

  it.each<[string, unknown, number, string]>([
    ['broken JSON', '{', 400, 'The body is not a JSON object'],
    ['an array', [], 400, 'The body is not a JSON object'],
    ['no type', { ...callback, AcdEventTypesID: undefined }, 400, 'Missing parameter: AcdEventTypesID'],
    ['a type as text', { ...callback, AcdEventTypesID: '3' }, 400, 'Invalid parameter: AcdEventTypesID'],
    ['an unknown type', { ...callback, AcdEventTypesID: 8 }, 404, 'AcdEventType not found'],
    ['no target', untargeted, 400, 'Missing parameter: AcdGroupsID'],
    [
      'only the configuration group',
      { ...untargeted, AcdConfigurationGroupsID: 60 },
      400,
      'Missing parameter: AcdAgentGroupsID',
    ],
    [
      'only the agent group',
      { ...untargeted, AcdAgentGroupsID: 61 },
      400,
      'Missing parameter: AcdConfigurationGroupsID',
    ],
    [
      'both kinds of target',
      { ...callback, AcdAgentGroupsID: 61 },
      400,
      'AcdGroupsID excludes AcdConfigurationGroupsID and AcdAgentGroupsID',
    ],
    ['an unknown group', { ...callback, AcdGroupsID: 9 }, 404, 'ACD group not found'],
    [
      'an unknown agent group',
      { ...untargeted, AcdConfigurationGroupsID: 60, AcdAgentGroupsID: 9 },
      404,
      'ACD group not found',
    ],
    ['an unknown user', { ...callback, UsersID: 1 }, 404, 'User not found'],
    ['no sender', { ...callback, Sender: null }, 400, 'Missing parameter: Sender'],
    [
      'a callback’s sender that is no number',
      { ...callback, Sender: 'a@example.com' },
      400,
      'Invalid parameter: Sender',
    ],
    ['a number with blanks', { ...callback, Sender: '+49 30 23125' }, 400, 'Invalid parameter: Sender'],
    ['a callback’s receiver that is no number', { ...callback, Receiver: 'desk' }, 400, 'Invalid parameter: Receiver'],
    ['no subject', { ...callback, Subject: undefined }, 400, 'Missing parameter: Subject'],
    ['an empty subject', { ...callback, Subject: '' }, 400, 'Missing parameter: Subject'],
    ['a malformed address', { ...callback, CrmURL: 'not an address' }, 400, 'Invalid parameter: CrmURL'],
    ['a priority below 0', { ...callback, nPriority: -1 }, 400, 'Invalid parameter: nPriority'],
    ['a priority above 200', { ...callback, nPriority: 201 }, 400, 'Invalid parameter: nPriority'],
    ['a fractional priority', { ...callback, nPriority: 1.5 }, 400, 'Invalid parameter: nPriority'],
    [
      'a day that does not exist',
      { ...callback, dtAppointmentDate: '2024-02-30' },
      400,
      'Invalid parameter: dtAppointmentDate',
    ],
    [
      'a time with seconds',
      { ...callback, dtAppointmentTime: '10:00:00' },
      400,
      'Invalid parameter: dtAppointmentTime',
    ],
  ])('refuses %s', async (_name, body, status, error) => {
    expect(await create(body)).toMatchObject({ status, body: { status, error } });
    expect(acd.state().events).toEqual([]);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await call('POST', `${acd.baseUrl}/acd/events/create`, { token, body: callback, headers });
    expect(answer).toMatchObject({ status: 415, body: { status: 415 } });
  });

  it('takes any sender for other types, ignores their body and unknown fields', async () => {
    const answer = await create({
      ...callback,
      AcdEventTypesID: 7,
      Sender: 'desk@example.com',
      Receiver: 'any',
      Colour: 'red',
    });
    expect(recordsOf(answer)[0]).toMatchObject({ Sender: 'desk@example.com', Receiver: 'any' });
    expect(acd.state().events[0]?.request.body).toBeNull();
  });
});

describe('duplicates', () => {
  const repeated = { ...callback, AcdGroupsID: 45 };

  it('become a comment on the open event where the group refuses them', async () => {
    await create(repeated);
    now += 60_000;
    const answer = await create({ ...repeated, Sender: '+493023125027', Subject: 'Called again', nPriority: 99 });
    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    expect(recordsOf(answer)[0]).toMatchObject({
      ID: 90240,
      Result_: 'UPDATED',
      Subject: callback.Subject,
      nPriority: 50,
      dtCreated: '2024-03-11T09:02:11.340',
      dtLastModified: '2024-03-11T09:03:11.340',
    });
    expect(acd.state().events).toMatchObject([{ comments: ['Called again'] }]);
    expect(recordsOf(await get('/acd/events/event/90240'))[0]).not.toHaveProperty('Result_');
  });

  it.each<[string, Record<string, unknown>]>([
    ['another sender', { Sender: '493023125028' }],
    ['another type', { AcdEventTypesID: 1 }],
    ['another group', { AcdGroupsID: 41 }],
  ])('are no duplicates with %s', async (_name, change) => {
    await create(repeated);
    expect(recordsOf(await create({ ...repeated, ...change }))[0]).not.toHaveProperty('Result_');
    expect(acd.state().events).toHaveLength(2);
  });

  it('are new events in other groups', async () => {
    await create(callback);
    expect(recordsOf(await create(callback))[0]).toMatchObject({ ID: 90241 });
  });

  it.each([98, 99, 100])('are new events once the first has status %i', async (statusId) => {
    await create(repeated);
    acd.setEventStatus(90240, statusId);
    expect(recordsOf(await create(repeated))[0]).toMatchObject({ ID: 90241 });
  });
});

describe('lists', () => {
  const fullEnvelope = { filter: '', limitStart: 0, limitPageSize: -1, ascending: true, status: 200 };
  const namesOf = (answer: Answer) => recordsOf(answer).map(({ Name }) => Name);

  it.each([
    ['/acd/events/types', 7, 'ID'],
    ['/acd/events/status', 11, 'ID'],
    ['/acd/groups', 6, 'Name'],
    ['/acd/events', 1, 'dtCreated'],
  ])('%s has the full envelope', async (path, count, orderBy) => {
    await create(callback);
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 200, body: { ...fullEnvelope, count, orderBy } });
    expect(recordsOf(answer)).toHaveLength(count);
  });

  it('gives groups by name in order, by id, and by part of the name in any case', async () => {
    expect(namesOf(await get('/acd/groups'))).toEqual([...namesOf(await get('/acd/groups'))].sort());
    expect(await get('/acd/groups/group/42')).toMatchObject({
      body: { count: 1, records: [{ Name: 'Service Desk' }] },
    });
    expect(namesOf(await get('/acd/groups/group?name=serv'))).toEqual(['Service Desk', 'Field Service']);
    expect((await get('/acd/groups/group?name=Nope')).body).toEqual({ records: [], count: 0, status: 200 });
    expect(await get('/acd/groups/group')).toMatchObject({ status: 400, body: { error: 'Missing parameter: name' } });
  });

  it('come with their keys in random order', async () => {
    await acd.close();
    let rank = 1;
    await start({ random: () => (rank = rank / 2) });
    const answer = await get('/acd/groups/group/42');
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(answer.body))).toEqual(['status', 'count', 'records']);
    expect(Object.keys(recordsOf(answer)[0] ?? {}).at(-1)).toBe('ID');
  });
});

describe('an old release', () => {
  beforeEach(async () => {
    await acd.close();
    await start({ oldApi: true });
  });

  it('wants the group, ignores what it does not know, and does not echo it', async () => {
    const answer = await create({ ...callback, AcdAgentGroupsID: 61, nPriority: 999, dtAppointmentDate: 'never' });
    expect(answer.status).toBe(200);
    expect(recordsOf(answer)[0]).not.toHaveProperty('nPriority');
    expect(recordsOf(answer)[0]).not.toHaveProperty('dtAppointment');
  });

  it('does not know group pairs', async () => {
    const answer = await create({ ...untargeted, AcdConfigurationGroupsID: 60, AcdAgentGroupsID: 61 });
    expect(answer).toMatchObject({ status: 400, body: { error: 'Missing parameter: AcdGroupsID' } });
  });
});

describe('the status of an event', () => {
  it('moves over HTTP', async () => {
    await create(callback);
    const move = (path: string) => call('POST', `${acd.origin}/_simulator/events/${path}`);
    expect((await move('90240/status/20')).status).toBe(204);
    expect(recordsOf(await get('/acd/events/event/90240'))[0]).toMatchObject({ AcdEventStatusID: 20 });
    expect(await move('1/status/20')).toMatchObject({ status: 400, body: { error: 'The ACD has no event 1.' } });
    expect(await move('90240/status/3')).toMatchObject({
      status: 400,
      body: { error: 'The ACD has no event status 3.' },
    });
  });
});
