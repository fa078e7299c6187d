import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lucsApiKey as token } from '../../../../../infra/local/simulators/credentials.ts';
import {
  type LucsSimulator,
  type LucsSimulatorOptions,
  startLucsSimulator,
} from '../../../../../infra/local/simulators/lucs/simulator.ts';
import { type Answer, call } from '../call.ts';

const support = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
const order = {
  ExternalTaskId: 'crm-10021',
  Service: support,
  Caller: 'Erika Muster',
  PreferredAgents: ['sip:t.reyes@corp.example'],
  ConsiderPreferredAgentsOnly: false,
  Required: { Im: false, Audio: true, Video: false, DesktopSharing: false, ConversationContext: true },
  DistributeToAgent: true,
  DistributeToAgentRONATimeoutInSeconds: 45,
};

let lucs: LucsSimulator;
let now = 0;
let ids = 0;

async function start(options: Partial<LucsSimulatorOptions> = {}): Promise<void> {
  lucs = await startLucsSimulator({
    port: 0,
    clock: () => now,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    ...options,
  });
}

beforeEach(() => {
  now = Date.parse('2025-03-05T14:07:00.123Z');
  ids = 0;
});
afterEach(() => lucs.close());

const get = (path: string) => call('GET', lucs.baseUrl + path, { token });
const post = (path: string, body?: unknown) => call('POST', lucs.baseUrl + path, { token, body });
const create = async (body: unknown = order): Promise<string> => String((await post('/v1.0/tasks', body)).body);
const move = (id: string, what: string) => post(`/v1.0/tasks/${id}/${what}`);
const stateOf = async (id: string) => (await get(`/v1.0/tasks/${id}`)).body;
const refusal = (code: string) => ({ Error: { Code: code, Message: expect.any(String) } });

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: refusal(code) });
}

describe('the API key', () => {
  it.each<[string, Partial<LucsSimulatorOptions>, Record<string, string>, number]>([
    ['as bearer by default', {}, { authorization: `Bearer ${token}` }, 200],
    ['missing', {}, {}, 401],
    ['wrong', {}, { authorization: 'Bearer other' }, 401],
    ['without its prefix', {}, { authorization: token }, 401],
    [
      'another one, in another header, bare',
      { apiKey: 'k', authHeader: 'X-Api-Key', authPrefix: '' },
      { 'x-api-key': 'k' },
      200,
    ],
    ['in the wrong header', { authHeader: 'X-Api-Key' }, { authorization: `Bearer ${token}` }, 401],
    ['with another prefix', { authPrefix: 'ApiKey' }, { authorization: `ApiKey ${token}` }, 200],
  ])('%s', async (_name, options, headers, status) => {
    await start(options);
    expect((await call('GET', `${lucs.baseUrl}/v1.0/services`, { headers })).status).toBe(status);
  });
});

describe('creating a task', () => {
  beforeEach(() => start());

  it('answers the bare id as a JSON text', async () => {
    const answer = await post('/v1.0/tasks', order);
    expect(answer).toMatchObject({ status: 200, text: '"00000000-0000-4000-8000-000000000001"' });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('needs no more than service, modalities and the distribution flag', async () => {
    const answer = await post('/v1.0/tasks', {
      Service: support.toUpperCase(),
      Required: {},
      DistributeToAgent: false,
    });
    expect(answer.status).toBe(200);
  });

  const { Service: _service, ...withoutService } = order;
  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', []],
    ['no service', withoutService],
    ['a service that does not exist', { ...order, Service: '00000000-0000-0000-0000-000000000000' }],
    ['the service under another name', { ...withoutService, ServiceId: support }],
    ['the service in camel case', { ...withoutService, service: support }],
    ['no modalities', { ...order, Required: undefined }],
    ['a modality that is no flag', { ...order, Required: { Audio: 'yes' } }],
    ['no distribution flag', { ...order, DistributeToAgent: null }],
    ['a distribution flag as text', { ...order, DistributeToAgent: 'true' }],
    ['a preferred agent without sip:', { ...order, PreferredAgents: ['a.berg@corp.example'] }],
    ['a time-out of zero', { ...order, DistributeToAgentRONATimeoutInSeconds: 0 }],
    ['an external id that is no text', { ...order, ExternalTaskId: 7 }],
  ])('refuses %s with 500', async (_name, body) => {
    expectRefusal(await post('/v1.0/tasks', body), 500, 'InvalidArgument');
    expect(lucs.state().tasks).toEqual([]);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await call('POST', `${lucs.baseUrl}/v1.0/tasks`, { token, body: order, headers })).status).toBe(415);
  });

  it('can answer the id bare', async () => {
    lucs.behave({ idAnswer: 'naked' });
    const answer = await post('/v1.0/tasks', order);
    expect(answer).toMatchObject({ status: 200, text: '00000000-0000-4000-8000-000000000001' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  it('accepts a repeated external id as a second task, and finds the newer one by it', async () => {
    await create();
    const second = await create();
    expect(await stateOf('crm-10021')).toMatchObject({ Id: second });
  });
});

describe('reading', () => {
  it('shows a queued task as the documentation does', async () => {
    await start();
    const id = await create();
    expect((await get(`/v1.0/tasks/${id}`)).body).toEqual({
      Id: id,
      ExternalTaskId: 'crm-10021',
      Type: 'ExternalNonBlocking',
      State: 'InQueue',
      CustomerIdentifier: 'Erika Muster',
      Created: '05.03.2025 14:07:00.1230000Z',
      QueueStarted: '05.03.2025 14:07:00.1230000Z',
      Connected: null,
      InitialModalityType: 'External',
      OriginType: 'Unknown',
      OriginTypeCustom: null,
      ContextParameters: [
        { Name: 'ServiceCulture', Value: 'en-GB' },
        { Name: 'InitialQueuePosition', Value: '1' },
        { Name: 'ServiceSipUri', Value: 'sip:support@corp.example' },
        { Name: 'SessionAgentToken', Value: '00000000-0000-0000-0000-000000000000' },
        { Name: 'CurrentSystemTime', Value: '3/5/2025 2:07 PM' },
        { Name: 'ServiceTelNumber', Value: '+441632960700' },
        { Name: 'ExternalTaskId', Value: 'crm-10021' },
        { Name: 'ServiceDisplayName', Value: 'Support' },
        { Name: 'AgentSipUri', Value: 'sip:unknown@unknown' },
      ],
      ReservedUserObject: null,
    });
  });

  it('finds a task by its external id, percent-encoded', async () => {
    await start();
    const id = await create({ ...order, ExternalTaskId: 'a/b ü?#%' });
    expect(await stateOf(encodeURIComponent('a/b ü?#%'))).toMatchObject({ Id: id });
  });

  it('can give an array of one instead', async () => {
    await start({ taskAnswer: 'array' });
    const id = await create();
    expect(await stateOf(id)).toEqual([expect.objectContaining({ Id: id })]);
  });

  it('can write dates as on the reference pages', async () => {
    await start({ dates: 'iso' });
    expect(await stateOf(await create())).toMatchObject({ Created: '2025-03-05T14:07:00.123Z' });
  });

  it('answers 500 for an unknown task', async () => {
    await start();
    expectRefusal(await get('/v1.0/tasks/nobody'), 500, 'NotFound');
  });

  it('forgets a terminated task after the retention time', async () => {
    await start({ retentionMs: 1_000 });
    const id = await create();
    await move(id, 'terminate');
    now += 999;
    expect(await stateOf(id)).toMatchObject({ State: 'Terminated' });
    now += 1;
    expectRefusal(await get(`/v1.0/tasks/${id}`), 500, 'NotFound');
  });

  it('lists services and their tasks', async () => {
    await start();
    const id = await create();
    const { body: services } = await get('/v1.0/services');
    expect(services).toEqual([
      { Id: support, DisplayName: 'Support', SipUri: 'sip:support@corp.example' },
      expect.objectContaining({ DisplayName: 'Sales' }),
      expect.objectContaining({ DisplayName: 'Front Desk' }),
    ]);
    expect((await get(`/v1.0/services/${support}/tasks`)).body).toEqual([expect.objectContaining({ Id: id })]);
    expect((await get('/v1.0/services/5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70/tasks')).body).toEqual([]);
    expectRefusal(await get('/v1.0/services/unknown/tasks'), 500, 'InvalidArgument');
  });

  it('lists the agents of a service', async () => {
    await start();
    expect((await get(`/v1.0/services/${support.toUpperCase()}/users`)).body).toEqual([
      { Id: expect.any(String), SipUri: 'sip:a.berg@corp.example', DisplayName: 'Anna Berg' },
      expect.objectContaining({ DisplayName: 'Tom Reyes' }),
    ]);
    expectRefusal(await get('/v1.0/services/unknown/users'), 500, 'InvalidArgument');
  });
});

describe('the state machine', () => {
  const reach: Record<string, (id: string) => Promise<unknown>> = {
    InQueue: async () => undefined,
    Pending: async (id) => move(id, 'refresh'),
    Distributed: async (id) => lucs.distribute(id),
    Established: async (id) => {
      lucs.distribute(id);
      lucs.confirm(id);
    },
    Terminated: async (id) => move(id, 'terminate'),
  };

  it.each<[from: string, what: string, status: number, to: string]>([
    ['InQueue', 'refresh', 200, 'Pending'],
    ['Pending', 'refresh', 200, 'Pending'],
    ['Distributed', 'refresh', 200, 'Pending'],
    ['Distributed', 'refresh?SetAgentOnRona=false', 200, 'Pending'],
    ['Distributed', 'refresh?setagentonrona=True', 500, 'Distributed'],
    ['InQueue', 'refresh?SetAgentOnRona=true', 200, 'Pending'],
    ['Established', 'refresh', 500, 'Established'],
    ['Terminated', 'refresh', 500, 'Terminated'],
    ['InQueue', 'setestablished', 200, 'Established'],
    ['Pending', 'setestablished', 200, 'Established'],
    ['Distributed', 'setestablished', 500, 'Distributed'],
    ['Established', 'setestablished', 500, 'Established'],
    ['Terminated', 'setestablished', 500, 'Terminated'],
    ['InQueue', 'terminate', 200, 'Terminated'],
    ['Pending', 'terminate', 200, 'Terminated'],
    ['Distributed', 'terminate', 200, 'Terminated'],
    ['Established', 'terminate', 200, 'Terminated'],
    ['Terminated', 'terminate', 404, 'Terminated'],
  ])('from %s, %s answers %i and leaves %s', async (from, what, status, to) => {
    await start();
    const id = await create();
    await reach[from]?.(id);
    expect(await stateOf(id)).toMatchObject({ State: from });
    const answer = await move(id, what);
    expect(answer.status).toBe(status);
    if (status === 500) expect(answer.body).toEqual(refusal('InvalidState'));
    expect(await stateOf(id)).toMatchObject({ State: to });
  });

  it.each<[Partial<LucsSimulatorOptions>, string, string, number]>([
    [{ setEstablishedOnDistributed: 'allow' }, 'Distributed', 'setestablished', 200],
    [{ terminateUnestablished: 'refuse' }, 'Distributed', 'terminate', 500],
    [{ terminateUnestablished: 'refuse' }, 'Established', 'terminate', 200],
  ])('can follow the other reading: %j', async (options, from, what, status) => {
    await start(options);
    const id = await create();
    await reach[from]?.(id);
    expect((await move(id, what)).status).toBe(status);
  });

  it.each([
    ['terminate', 404],
    ['refresh', 500],
    ['setestablished', 500],
  ])('%s of an unknown task answers %i', async (what, status) => {
    await start();
    expectRefusal(await move('unknown', what), status, 'NotFound');
  });

  it('shows the agent while one is reserved and after the end, and answers terminate with the task', async () => {
    await start();
    const id = await create();
    lucs.distribute(id);
    expect(await stateOf(id)).toMatchObject({
      ReservedUserObject: {
        SipUri: 'sip:t.reyes@corp.example',
        ResponsibleSinceLevel: 1,
        SelectionAlgorithm: 'BestQualifiedMostResponsibleAgent',
      },
      ContextParameters: expect.arrayContaining([
        { Name: 'AgentSipUri', Value: 'sip:t.reyes@corp.example' },
        { Name: 'SessionAgentToken', Value: '00000000-0000-4000-8000-000000000002' },
      ]),
    });
    lucs.confirm(id);
    const terminated = await move(id, 'terminate');
    expect(terminated.body).toMatchObject({
      State: 'Terminated',
      Connected: null,
      ReservedUserObject: { SamAccountName: 't.reyes' },
    });
  });

  it('takes an offer back when its time-out has passed', async () => {
    await start();
    const id = await create();
    lucs.distribute(id);
    now += 44_999;
    expect(await stateOf(id)).toMatchObject({ State: 'Distributed' });
    now += 1;
    expect(await stateOf(id)).toMatchObject({ State: 'Pending', ReservedUserObject: null });
  });

  it('does not distribute what the outside system distributes itself', async () => {
    await start();
    const id = await create({ ...order, DistributeToAgent: false });
    expect(() => lucs.distribute(id)).toThrow('cannot be distributed');
  });

  it('waits when only preferred agents may be taken and none is known', async () => {
    await start();
    const id = await create({
      ...order,
      PreferredAgents: ['sip:nobody@corp.example'],
      ConsiderPreferredAgentsOnly: true,
    });
    expect(() => lucs.distribute(id)).toThrow('No such agent');
  });

  it('lets agents act over HTTP', async () => {
    await start();
    const id = await create();
    const act = (what: string) => call('POST', `${lucs.origin}/_simulator/tasks/${id}/${what}`);
    expect((await act('distribute?agent=sip:a.berg@corp.example')).status).toBe(204);
    expect(await stateOf(id)).toMatchObject({ ReservedUserObject: { DisplayName: 'Anna Berg' } });
    expect((await act('confirm')).status).toBe(204);
    expect(await stateOf(id)).toMatchObject({ State: 'Established' });
    expect(await act('confirm')).toMatchObject({
      status: 400,
      body: { error: 'A task in state Established cannot be confirmed.' },
    });
  });
});

it('answers 404 for a path that it does not have', async () => {
  await start();
  expect((await get('/v2.0/tasks')).status).toBe(404);
});
