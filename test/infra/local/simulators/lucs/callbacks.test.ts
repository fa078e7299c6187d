import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from '../../../../../shared/zod.ts';
import {
  anna,
  callbackOrder,
  frontDesk,
  type LucsUnderTest,
  refusal,
  startLucsUnderTest,
  support,
  tom,
} from './lucs-under-test.ts';

let test: LucsUnderTest;
beforeEach(async () => {
  test = await startLucsUnderTest();
});
afterEach(() => test.lucs.close());

const { ServiceId: _service, ...withoutService } = callbackOrder;
const unknownService = '00000000-0000-0000-0000-000000000000';
const read = async (id: unknown) => (await test.get(`/v1.0/callbacks/${id}`)).body;
const idOf = async (changes?: Record<string, unknown>) => String((await test.createCallback(changes)).Id);
const stepOf = () => test.lucs.state().callbacks.map(({ state, offer }) => offer ?? state);

describe('creating a callback', () => {
  it('answers the whole callback with its defaults', async () => {
    expect(await test.post('/v1.0/callbacks', callbackOrder)).toMatchObject({ status: 200 });
    expect(await read('00000000-0000-4000-8000-000000000001')).toEqual({
      Id: '00000000-0000-4000-8000-000000000001',
      Creator: 'API',
      LeftInQueueTimeInSeconds: 3600,
      AppPoolId: expect.any(String),
      InitiatingSessionId: null,
      Initiator: null,
      State: 'Pending',
      RetryType: 'SingleSession',
      RetryCount: 0,
      Target: 'tel:+441632960123',
      AlternativeTarget: null,
      MaxRetries: 3,
      SecondsBetweenRetries: 300,
      ServiceId: support,
      ServiceSip: null,
      IncomingServiceSipUri: null,
      Priority: 'Normal',
      ContextUrl: null,
      DueDate: '05.03.2025 14:07:00.1230000Z',
      Supervisor: null,
      Description: null,
      ExternalTaskId: 'crm-10022',
      CallerId: null,
    });
  });

  it('keeps what it is given', async () => {
    const given = {
      Target: 'sip:jo.park@partner.example',
      AlternativeTarget: 'tel: +441632960124',
      MaxRetries: 0,
      SecondsBetweenRetries: 0,
      Priority: 'StrictPriority',
      ContextUrl: 'https://crm.example/1',
      Description: 'x'.repeat(150),
      CallerId: 'bridge',
    };
    const body = await test.createCallback({ ...given, DueDate: '06.03.2025 15:00:00' });
    expect(body).toMatchObject({ ...given, DueDate: '06.03.2025 15:00:00.0000000Z' });
  });

  it('writes dates as on the reference pages when that is set', async () => {
    test.lucs.behave({ dates: 'iso' });
    expect(await test.createCallback()).toMatchObject({ DueDate: '2025-03-05T14:07:00.123Z' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['by address', { ServiceSip: 'sip:support@corp.example' }],
    ['by id, whatever the address says', { ServiceId: support.toUpperCase(), ServiceSip: 'sip:sales@corp.example' }],
    ['by address where the id is unknown', { ServiceId: unknownService, ServiceSip: 'sip:SUPPORT@corp.example' }],
  ])('finds the service %s, and answers its id', async (_name, service) => {
    const { status, body } = await test.post('/v1.0/callbacks', { ...withoutService, ...service });
    expect({ status, body }).toMatchObject({ status: 200, body: { ServiceId: support, ServiceSip: null } });
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['no object', []],
    ['no target', { ...callbackOrder, Target: null }],
    ['a target without a scheme', { ...callbackOrder, Target: '+441632960123' }],
    ['a target that is no address', { ...callbackOrder, Target: 'sip:somebody' }],
    ['a number with letters', { ...callbackOrder, Target: 'tel:+44 CALL ME' }],
    ['an alternative target that is none', { ...callbackOrder, AlternativeTarget: 'x' }],
    ['no pause between retries', { ...callbackOrder, SecondsBetweenRetries: undefined }],
    ['a negative pause', { ...callbackOrder, SecondsBetweenRetries: -1 }],
    ['a pause beyond 32 bits', { ...callbackOrder, SecondsBetweenRetries: 2 ** 31 }],
    ['a fractional number of retries', { ...callbackOrder, MaxRetries: 1.5 }],
    ['no priority', { ...callbackOrder, Priority: undefined }],
    ['a priority that does not exist', { ...callbackOrder, Priority: 'Urgent' }],
    ['a priority in lower case', { ...callbackOrder, Priority: 'normal' }],
    ['no service', withoutService],
    ['an unknown service', { ...withoutService, ServiceId: unknownService }],
    ['an unknown address', { ...withoutService, ServiceSip: 'sip:nobody@corp.example' }],
    ['a service that does not call out', { ...callbackOrder, ServiceId: frontDesk }],
    ['a description of 151 characters', { ...callbackOrder, Description: 'x'.repeat(151) }],
    ['a description of 76 characters outside the basic plane', { ...callbackOrder, Description: '😀'.repeat(76) }],
    ['a due date in ISO form', { ...callbackOrder, DueDate: '2025-03-06T15:00:00Z' }],
    ['a day that does not exist', { ...callbackOrder, DueDate: '30.02.2025 15:00:00' }],
    ['a month before its day', { ...callbackOrder, DueDate: '03.25.2025 15:00:00' }],
    ['an external id that is no text', { ...callbackOrder, ExternalTaskId: 7 }],
  ])('refuses %s with 500', async (_name, body) => {
    expect(await test.post('/v1.0/callbacks', body)).toMatchObject(refusal('InvalidArgument'));
    expect(test.lucs.state().callbacks).toEqual([]);
  });
});

describe('reading', () => {
  it('finds one by id, and by external id the newest', async () => {
    const first = await idOf();
    const second = await idOf();
    expect(await read(first)).toMatchObject({ Id: first });
    expect((await test.get('/v1.0/callbacks?externalTaskId=crm-10022')).body).toMatchObject({ Id: second });
    expect((await test.get(`/v1.0/callbacks?externaltaskid=${first}`)).body).toMatchObject({ Id: first });
  });

  it.each([
    ['/v1.0/callbacks/crm-10022', 'NotFound'],
    ['/v1.0/callbacks?externalTaskId=other', 'NotFound'],
    ['/v1.0/callbacks', 'InvalidArgument'],
    ['/v1.0/callbacks?externalTaskId=', 'InvalidArgument'],
  ])('refuses %s with 500', async (path, code) => {
    await test.createCallback();
    expect(await test.get(path)).toMatchObject(refusal(code));
  });

  it('counts down the time in the queue, and forgets what ended long ago', async () => {
    const id = await idOf();
    test.lucs.advance(90_000);
    expect(await read(id)).toMatchObject({ LeftInQueueTimeInSeconds: 3510 });
    for (const move of ['queue', 'distribute', 'accept', 'accept', 'accept', 'answer'] as const) {
      test.lucs.moveCallback(id, move);
    }
    test.lucs.advance(10 * 60_000 - 1);
    expect(await read(id)).toMatchObject({ State: 'Terminated' });
    test.lucs.advance(1);
    expect(await read(id)).toEqual(refusal('NotFound').body);
  });
});

describe('searching', () => {
  const found = async (search: unknown) => {
    const records = z.array(z.looseObject({ ExternalTaskId: z.nullable(z.string()) }));
    const { body } = await test.post('/v1.0/callbacks/search', search);
    return records
      .parse(body)
      .map(({ ExternalTaskId }) => ExternalTaskId)
      .join('');
  };

  beforeEach(async () => {
    const sales = { ServiceId: '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70' };
    await test.createCallback({ ExternalTaskId: 'a', DueDate: '10.03.2025 10:00:00', Priority: 'Low' });
    await test.createCallback({ ExternalTaskId: 'b', DueDate: '09.04.2025 10:00:00', CallerId: 'x', ...sales });
    await test.createCallback({ ExternalTaskId: 'c', Target: 'sip:jo@corp.example' });
    test.lucs.moveCallback('c', 'queue');
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'abc'],
    [{ ExternalTaskId: 'b' }, 'b'],
    [{ ExternalTaskId: 'B' }, ''],
    [{ CallerId: 'x' }, 'b'],
    [{ Target: 'sip:jo@corp.example' }, 'c'],
    [{ State: 'InQueue' }, 'c'],
    [{ State: 'Pending', ServiceId: support.toUpperCase() }, 'a'],
    [{ ServiceSip: 'sip:sales@corp.example' }, 'b'],
    [{ AppPoolId: '0f6b2d3c-1111-4222-8333-444455556666' }, 'abc'],
    [{ AppPoolId: unknownService }, ''],
    [{ StartDate: '2025-03-10T10:00:00Z' }, 'ab'],
    [{ StartDate: '2025-03-10T10:00:01Z', EndDate: '2025-04-09T12:00:00+02:00' }, 'b'],
    [{ EndDate: '2025-03-10T09:59:59.999Z' }, 'c'],
    [{ OrderBy: 'DueDate' }, 'cab'],
    [{ OrderBy: 'DueDate', SortOrder: 'Descending' }, 'bac'],
    [{ OrderBy: 'Priority', SortOrder: 'Ascending' }, 'abc'],
    [{ SortOrder: 'Descending' }, 'cba'],
    [{ Limit: 2 }, 'ab'],
    [{ Limit: 2, Offset: 1 }, 'bc'],
    [{ Offset: 3 }, ''],
    [{ Limit: 0 }, ''],
    [{ State: null, Limit: null }, 'abc'],
  ])('%j finds "%s"', async (search, expected) => {
    expect(await found(search)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a list', []],
    ['an unknown state', { State: 'In Queue' }],
    ['a negative limit', { Limit: -1 }],
    ['a fractional offset', { Offset: 0.5 }],
    ['an unknown field to order by', { OrderBy: 'Colour' }],
    ['an unknown order', { SortOrder: 'Up' }],
    ['a dotted date', { StartDate: '10.03.2025 10:00:00' }],
    ['a day that does not exist', { EndDate: '2025-02-30T10:00:00Z' }],
  ])('refuses %s with 500', async (_name, search) => {
    expect(await test.post('/v1.0/callbacks/search', search)).toMatchObject(refusal('InvalidArgument'));
  });
});

describe('cancelling', () => {
  const cancel = (id: string) => test.post(`/v1.0/callbacks/${id}/cancel`);

  it('removes the callback, and is answered 404 from then on', async () => {
    const id = await idOf();
    expect((await cancel(id)).status).toBe(200);
    expect(await cancel(id)).toMatchObject(refusal('NotFound', 404));
    expect(await test.get(`/v1.0/callbacks/${id}`)).toMatchObject(refusal('NotFound'));
    expect((await test.post('/v1.0/callbacks/search', {})).body).toEqual([]);
    expect(test.lucs.state().callbacks).toMatchObject([{ isCancelled: true }]);
  });

  it('is answered 404 for a callback that never was, and for an external id', async () => {
    await test.createCallback();
    expect(await cancel('crm-10022')).toMatchObject(refusal('NotFound', 404));
  });

  it('takes back what waits for an agent', async () => {
    const id = await idOf();
    test.lucs.moveCallback(id, 'queue');
    test.lucs.moveCallback(id, 'distribute');
    expect((await cancel(id)).status).toBe(200);
  });

  it('is refused once the customer is being dialled, and after that', async () => {
    const id = await idOf();
    for (const move of ['queue', 'distribute', 'accept', 'accept', 'accept'] as const) test.lucs.moveCallback(id, move);
    expect(await cancel(id)).toMatchObject(refusal('InvalidState'));
    test.lucs.moveCallback(id, 'answer');
    expect(await cancel(id)).toMatchObject(refusal('InvalidState'));
  });
});

describe('the life of a callback', () => {
  it('goes through queue, message, preview and call to its end', async () => {
    const id = await idOf();
    const states: unknown[] = [];
    for (const move of ['queue', 'distribute', 'accept', 'accept', 'accept', 'answer'] as const) {
      test.lucs.moveCallback(id, move);
      states.push(...stepOf());
    }
    expect(states).toEqual(['InQueue', 'message', 'preview', 'call', 'Processing', 'Terminated']);
    expect(await read(id)).toMatchObject({ State: 'Terminated', RetryCount: 0 });
    expect(test.lucs.state().callbacks).toMatchObject([{ outcome: 'answered' }]);
  });

  it('is repeated after the pause when the call fails, as often as it may', async () => {
    const id = await idOf({ MaxRetries: 1 });
    const fail = () => {
      for (const move of ['queue', 'distribute', 'accept', 'accept', 'accept', 'fail'] as const)
        test.lucs.moveCallback(id, move);
    };
    fail();
    expect(await read(id)).toMatchObject({ State: 'Pending', RetryCount: 1 });
    test.lucs.advance(299_999);
    expect(fail).toThrow('not due yet');
    test.lucs.advance(1);
    fail();
    expect(await read(id)).toMatchObject({ State: 'Terminated', RetryCount: 1 });
  });

  it.each([
    ['the message', 1],
    ['the call', 3],
  ])('goes to another agent when %s is declined, with the first on RONA', async (_name, accepted) => {
    const id = await idOf();
    test.lucs.moveCallback(id, 'queue');
    test.lucs.moveCallback(id, 'distribute');
    for (let step = 1; step < accepted; step += 1) test.lucs.moveCallback(id, 'accept');
    test.lucs.moveCallback(id, 'decline');
    expect(await read(id)).toMatchObject({ State: 'InQueue' });
    test.lucs.moveCallback(id, 'distribute');
    expect(test.lucs.state().callbacks[0]?.agent?.SipUri).toBe(tom);
    expect(test.lucs.state().agents[0]).toMatchObject({ SipUri: anna, onRona: true });
  });

  it.each([
    ['accept', 'A callback in state Pending cannot be accepted.'],
    ['decline', 'A callback in state Pending cannot be declined.'],
    ['distribute', 'A callback in state Pending cannot be distributed.'],
    ['answer', 'A callback in state Pending cannot be finished.'],
  ] as const)('does not %s what waits', async (move, message) => {
    const id = await idOf();
    expect(() => test.lucs.moveCallback(id, move)).toThrow(message);
  });

  it('needs an agent who can be selected', async () => {
    for (const agent of [anna, tom]) test.lucs.changeAgent(agent, { selectable: false });
    const id = await idOf();
    test.lucs.moveCallback(id, 'queue');
    expect(() => test.lucs.moveCallback(id, 'distribute')).toThrow('No such agent');
  });

  it('goes on by itself with automatic distribution, from its due date, by priority', async () => {
    test.lucs.behave({ distribution: 'automatic' });
    test.lucs.changeAgent(tom, { selectable: false });
    await test.createCallback({ ExternalTaskId: 'low', Priority: 'Low', DueDate: '05.03.2025 15:00:00' });
    await test.createCallback({ ExternalTaskId: 'high', Priority: 'High', DueDate: '05.03.2025 15:00:00' });
    test.lucs.advance(52 * 60_000);
    expect(stepOf()).toEqual(['Pending', 'Pending']);
    test.lucs.advance(60_000);
    expect(stepOf()).toEqual(['InQueue', 'message']);
    test.lucs.moveCallback('high', 'accept');
    test.lucs.advance(9_999);
    expect(stepOf()).toEqual(['InQueue', 'preview']);
    test.lucs.advance(1);
    expect(stepOf()).toEqual(['InQueue', 'call']);
    test.lucs.moveCallback('high', 'accept');
    expect(stepOf()).toEqual(['InQueue', 'Processing']);
    test.lucs.moveCallback('high', 'answer');
    expect(stepOf()).toEqual(['message', 'Terminated']);
    test.lucs.advance(50_000);
    expect(stepOf()).toEqual(['InQueue', 'Terminated']);
  });

  it('moves over HTTP, by id and external id', async () => {
    const id = await idOf();
    const move = (path: string) => test.control('POST', `/callbacks/${path}`);
    expect((await move(`${id}/queue`)).status).toBe(204);
    expect((await move(`crm-10022/distribute?agent=${tom}`)).status).toBe(204);
    expect(test.lucs.state().callbacks[0]?.agent?.SipUri).toBe(tom);
    expect((await move(`${id}/fail`)).status).toBe(400);
    expect(await move('nobody/queue')).toMatchObject({ status: 400, body: { error: 'LUCS has no callback nobody.' } });
  });
});
