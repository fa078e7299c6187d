import { describe, expect, it } from 'vitest';
import { callbackSteps } from '../../../../../shared/destinations/lucs/callbacks/steps.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf, prepared, problemsOf, run } from '../../bound-step.ts';
import { CALLBACK_ID, callback, callbackSeen, lucs, refusal, SERVICE } from '../lucs-under-test.ts';

const cancelCallback = callbackSteps['lucs.cancelCallback'];
const findCallbacks = callbackSteps['lucs.findCallbacks'];
const callbackId = CALLBACK_ID;
const pathsOf = (net: ReturnType<typeof lucs>['net']) =>
  net.requests.map(({ method, url }) => `${method} ${url.pathname.replace('/control/v1.0/callbacks', '')}`);

describe('lucs.cancelCallback', () => {
  it('takes a callback back', async () => {
    const { net, client } = lucs({});
    expect(await run(cancelCallback, client, { callbackId })).toEqual({
      callbackIds: [CALLBACK_ID],
      alreadyGone: false,
    });
    expect(pathsOf(net)).toEqual([`POST /${CALLBACK_ID}/cancel`]);
    expect(prepared(cancelCallback, client, { callbackId }).repeatable).toBe(true);
  });

  it.each<[string, PlannedAnswer[]]>([
    ['is gone', [{ status: 404 }]],
    ['has ended', [refusal('InvalidState'), { json: { ...callback, State: 'Terminated' } }]],
  ])('has nothing to do when the callback %s', async (_what, answers) => {
    expect(await run(cancelCallback, lucs(...answers).client, { callbackId })).toEqual({
      callbackIds: [],
      alreadyGone: true,
    });
  });

  it.each<[string, PlannedAnswer]>([
    ['is being called', { json: { ...callback, State: 'Processing' } }],
    ['can not be found', refusal('CallbackNotFound')],
  ])('is refused for good when the customer %s', async (_what, answer) => {
    expect(
      await failureOf(run(cancelCallback, lucs(refusal('InvalidState'), answer).client, { callbackId })),
    ).toMatchObject({ name: 'PermanentError', message: 'LUCS answered 500 (InvalidState) to "cancel callback"' });
  });

  it('is tried again when a look at the callback fails by an error code', async () => {
    const { client } = lucs(refusal('InvalidState'), refusal('DatabaseTimeout'));
    expect((await failureOf(run(cancelCallback, client, { callbackId }))).name).toBe('TransientError');
  });

  it('is tried again after an outage, without asking any further', async () => {
    const { net, client } = lucs({ status: 503 }, { json: { ...callback, State: 'Terminated' } });
    expect((await failureOf(run(cancelCallback, client, { callbackId }))).name).toBe('TransientError');
    expect(net.requests).toHaveLength(1);
  });

  it('takes back all that have the key and have not ended', async () => {
    const json = [
      { ...callback, Id: 'one' },
      { ...callback, Id: 'ended', State: 'Terminated' },
      { ...callback, Id: 'other', ExternalTaskId: 'crm-1' },
      { ...callback, Id: 'gone' },
      { ...callback, Id: 'two', State: 'InQueue' },
    ];
    const { net, client } = lucs({ json }, {}, { status: 404 }, {});
    expect(await run(cancelCallback, client, { externalTaskId: 'crm-10022' })).toEqual({
      callbackIds: ['one', 'two'],
      alreadyGone: false,
    });
    expect(net.requests[0]?.body).toEqual({ ExternalTaskId: 'crm-10022' });
    expect(pathsOf(net)).toEqual(['POST /search', 'POST /one/cancel', 'POST /gone/cancel', 'POST /two/cancel']);
  });

  it('has nothing to do when none has the key', async () => {
    for (const findCreated of [async () => undefined, async () => ({ kind: 'failed' }) as const]) {
      const outcome = run(cancelCallback, lucs({ json: [] }).client, { externalTaskId: 'crm-1' }, { findCreated });
      expect(await outcome).toEqual({ callbackIds: [], alreadyGone: true });
    }
  });

  it('waits for one that is still being made: it would come after its cancellation', async () => {
    const findCreated = async (step: string) =>
      step === 'lucs.createCallback' ? ({ kind: 'underway' } as const) : undefined;
    const outcome = run(cancelCallback, lucs({ json: [] }).client, { externalTaskId: 'crm-1' }, { findCreated });
    expect(await failureOf(outcome)).toMatchObject({ name: 'TransientError', retryAfterMs: 2_000 });
  });

  it.each<[Record<string, unknown>, string]>([
    [{}, 'callbackId: Invalid input: expected either callbackId or externalTaskId'],
    [{ callbackId, externalTaskId: 'x' }, 'callbackId: Invalid input: expected either callbackId or externalTaskId'],
    [{ callbackId: '../x' }, 'callbackId: Invalid GUID'],
    [{ externalTaskId: 'x'.repeat(257) }, 'externalTaskId: Too big'],
  ])('refuses %j', (args, problem) => {
    expect(problemsOf(cancelCallback, lucs().client, args)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('lucs.findCallbacks', () => {
  it('lists callbacks under names of its own', async () => {
    const json = [callback, { Id: 'x', ServiceSip: 'sip:a@b', DueDate: 'soon', RetryCount: 'none' }];
    const { net, client } = lucs({ json });
    expect(await run(findCallbacks, client, {})).toEqual({
      callbacks: [callbackSeen, { callbackId: 'x', serviceSip: 'sip:a@b', dueDate: 'soon' }],
    });
    expect(net.only().body).toEqual({ Limit: 20 });
    expect(prepared(findCallbacks, client, {}).repeatable).toBe(true);
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = lucs({ json: [] });
    const args = {
      externalTaskId: 'crm-10022',
      target: 'tel: +41 31 555 01 23',
      serviceId: SERVICE,
      state: 'InQueue',
      startDate: '2025-03-05T01:00:00+01:00',
      endDate: '2025-03-06T00:00Z',
      callerId: 'bridge',
      limit: 5,
      offset: 10,
      orderBy: 'DueDate',
      sortOrder: 'Ascending',
    };
    expect(await run(findCallbacks, client, args)).toEqual({ callbacks: [] });
    expect(net.only().body).toEqual({
      ExternalTaskId: 'crm-10022',
      Target: 'tel:+41315550123',
      ServiceId: SERVICE,
      State: 'InQueue',
      StartDate: '2025-03-05T00:00:00.000Z',
      EndDate: '2025-03-06T00:00:00.000Z',
      CallerId: 'bridge',
      Limit: 5,
      Offset: 10,
      OrderBy: 'DueDate',
      SortOrder: 'Ascending',
    });
  });

  it('gives no more than was asked for, even where LUCS does', async () => {
    const json = Array.from({ length: 9 }, (_, index) => ({ Id: `${index}` }));
    expect(await run(findCallbacks, lucs({ json }).client, { limit: 2 })).toEqual({
      callbacks: [{ callbackId: '0' }, { callbackId: '1' }],
    });
  });

  it('fails when they are too many to be handed on', async () => {
    const json = Array.from({ length: 20 }, () => ({ ...callback, Description: 'SECRET'.repeat(300) }));
    expect(await failureOf(run(findCallbacks, lucs({ json }).client, {}))).toMatchObject({
      name: 'PermanentError',
      message: 'these callbacks are too many to be handed on: give a smaller limit',
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ limit: 0 }, 'limit: Too small'],
    [{ limit: 51 }, 'limit: Too big'],
    [{ offset: -1 }, 'offset: Too small'],
    [{ state: 'In Queue!' }, 'state: Invalid state: expected a word such as Pending'],
    [{ orderBy: 'DueDate; drop' }, 'orderBy: Invalid field: expected a name such as DueDate'],
    [{ sortOrder: 'up' }, 'sortOrder: Invalid option'],
    [{ startDate: 'today' }, 'startDate: Invalid time'],
    [{ target: '+41' }, 'target: Invalid address'],
    [
      { serviceId: SERVICE, serviceSip: 'sip:a@b' },
      'serviceSip: Invalid input: expected serviceId or serviceSip, not both',
    ],
  ])('refuses %j', (args, problem) => {
    expect(problemsOf(findCallbacks, lucs().client, args)).toEqual([expect.stringContaining(problem)]);
  });
});
