import { describe, expect, it } from 'vitest';
import type {
  CreateCallbackBody,
  SearchCallbacksBody,
} from '../../../../../shared/destinations/lucs/callbacks/schemas.ts';
import { defaultLucsPaths } from '../../../../../shared/destinations/lucs/paths.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { failureOf } from '../../bound-step.ts';
import { BASE_URL, CALLBACK_ID, callback, headers, lucs, lucsWith, refusal, SERVICE } from '../lucs-under-test.ts';

const request: CreateCallbackBody = {
  Target: 'tel:+41315550123',
  SecondsBetweenRetries: 300,
  Priority: 'Normal',
  ServiceSip: 'sip:support@corp.example',
  ExternalTaskId: 'crm-10022',
};

describe('C1 POST /v1.0/callbacks', () => {
  it('sends the callback as it is given, and gives it as LUCS completed it', async () => {
    const { net, client } = lucs({ json: callback });
    const full: CreateCallbackBody = {
      ...request,
      AlternativeTarget: 'sip:e.muster@customer.example',
      MaxRetries: 0,
      ContextUrl: 'https://crm.example/1',
      DueDate: '05.03.2025 15:00:00',
      Description: 'Order 4711',
      CallerId: 'bridge',
    };
    expect(await client.createCallback(full)).toMatchObject({ Id: CALLBACK_ID, State: 'Pending', MaxRetries: 3 });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/callbacks`]);
    expect(sent.headers).toEqual(headers.withBody);
    expect(sent.body).toEqual(full);
  });

  it('fails for good when LUCS took it and does not say its id', async () => {
    expect(await failureOf(lucs({ json: { ok: true } }).client.createCallback(request))).toMatchObject({
      name: 'PermanentError',
      message: 'LUCS took "create callback", but its answer is not a callback',
    });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ Target: 'tel: +41315550123' }, 'Target: Invalid address'],
    [{ Target: '+41315550123' }, 'Target: Invalid address'],
    [{ AlternativeTarget: 'mailto:a@b' }, 'AlternativeTarget: Invalid address'],
    [{ MaxRetries: -1 }, 'MaxRetries: Too small'],
    [{ SecondsBetweenRetries: 2 ** 31 }, 'SecondsBetweenRetries: Too big'],
    [{ SecondsBetweenRetries: 0.5 }, 'SecondsBetweenRetries: Invalid input'],
    [{ ServiceId: 'support', ServiceSip: undefined }, 'ServiceId: Invalid GUID'],
    [{ ServiceId: SERVICE }, 'body: expected either ServiceId or ServiceSip'],
    [{ ServiceSip: undefined }, 'body: expected either ServiceId or ServiceSip'],
    [{ DueDate: '2025-03-05T15:00:00Z' }, 'DueDate: Invalid string'],
    [{ Description: 'x'.repeat(151) }, 'Description: Too big'],
    [{ Description: 'a\nb' }, 'Description: Invalid text'],
    [{ ContextUrl: 'crm.example/1' }, 'ContextUrl: Invalid URL'],
    [{ CallerId: 'x'.repeat(129) }, 'CallerId: Too big'],
    [{ Supervisor: 'x' }, 'Unrecognized key'],
    [{ IncomingServiceSipUri: 'sip:a@b' }, 'Unrecognized key'],
    [{ Priority: undefined }, 'Priority: Invalid option'],
  ])('sends nothing that does not fit: %j', async (wrong, problem) => {
    const { net, client } = lucs();
    // Past the types, as a fault in a step would get there.
    const failure = await failureOf(client.createCallback(Object.assign({ ...request }, wrong)));
    expect(failure.message).toContain(`"create callback" does not fit the LUCS API: `);
    expect(failure.message).toContain(problem);
    expect(net.requests).toEqual([]);
  });
});

describe('C2 GET /v1.0/callbacks?externalTaskId={id}', () => {
  it.each<[string, unknown]>([
    ['alone', callback],
    ['in a list', [callback]],
  ])('reads the callback %s', async (_what, json) => {
    const { net, client } = lucs({ json });
    expect(await client.getCallbackByExternalTaskId('crm&10022=?#/../ü')).toMatchObject({ Id: CALLBACK_ID });
    const sent = net.only();
    expect([sent.method, sent.url.pathname]).toEqual(['GET', '/control/v1.0/callbacks']);
    expect([...sent.url.searchParams]).toEqual([['externalTaskId', 'crm&10022=?#/../ü']]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.url.hash).toBe('');
  });

  it.each<[string, PlannedAnswer]>([
    ['500 with an error code that says so', refusal('CallbackNotFound')],
    ['404', { status: 404 }],
  ])('knows of none at %s', async (_what, answer) => {
    expect(await lucs(answer).client.getCallbackByExternalTaskId('crm-10022')).toBeUndefined();
  });
});

describe('C3 GET /v1.0/callbacks/{id}', () => {
  it('reads the callback', async () => {
    const { net, client } = lucs({ json: callback });
    expect(await client.getCallback(CALLBACK_ID)).toMatchObject({ Id: CALLBACK_ID, RetryCount: 0 });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', `${BASE_URL}/v1.0/callbacks/${CALLBACK_ID}`]);
    expect(sent.headers).toEqual(headers.withoutBody);
  });

  it('knows of none at 500 with an error code that says so', async () => {
    expect(await lucs(refusal('CallbackNotFound')).client.getCallback(CALLBACK_ID)).toBeUndefined();
  });

  it('does not know at 500 with another error code', async () => {
    expect(await failureOf(lucs(refusal('Whatever')).client.getCallback(CALLBACK_ID))).toMatchObject({
      name: 'TransientError',
      httpStatus: 500,
    });
  });
});

describe('C4 POST /v1.0/callbacks/search', () => {
  it('sends what narrows the search, as it is given', async () => {
    const { net, client } = lucs({ json: [callback] });
    const search: SearchCallbacksBody = {
      Target: 'tel:+41315550123',
      ServiceId: SERVICE,
      ServiceSip: 'sip:support@corp.example',
      State: 'Pending',
      AppPoolId: SERVICE,
      StartDate: '2025-03-05T00:00:00.000Z',
      EndDate: '2025-03-06T00:00:00.000Z',
      ExternalTaskId: 'crm-10022',
      CallerId: 'bridge',
      Limit: 10,
      Offset: 0,
      OrderBy: 'DueDate',
      SortOrder: 'Descending',
    };
    expect(await client.searchCallbacks(search)).toMatchObject([{ Id: CALLBACK_ID }]);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/callbacks/search`]);
    expect(sent.headers).toEqual(headers.withBody);
    expect(sent.body).toEqual(search);
  });

  it('finds everything without anything, and may find nothing', async () => {
    const { net, client } = lucs({ json: [] });
    expect(await client.searchCallbacks({})).toEqual([]);
    expect(net.only().body).toEqual({});
  });

  it.each<[SearchCallbacksBody, string]>([
    [{ Limit: 0 }, 'Limit: Too small'],
    [{ Offset: -1 }, 'Offset: Too small'],
    [{ StartDate: '05.03.2025' }, 'StartDate: Invalid ISO datetime'],
    [{ ServiceId: 'support' }, 'ServiceId: Invalid GUID'],
    [{ State: 'a\u0000' }, 'State: Invalid text'],
  ])('sends nothing that does not fit: %j', async (wrong, problem) => {
    const { net, client } = lucs();
    expect((await failureOf(client.searchCallbacks(wrong))).message).toContain(problem);
    expect(net.requests).toEqual([]);
  });
});

describe('C5 POST /v1.0/callbacks/{id}/cancel', () => {
  it.each<[string, PlannedAnswer]>([
    ['nothing', {}],
    ['a callback', { json: callback }],
    ['a word', { text: 'ok' }],
  ])('takes %s for an answer', async (_what, answer) => {
    const { net, client } = lucs(answer);
    expect(await client.cancelCallback(CALLBACK_ID)).toBe(true);
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', `${BASE_URL}/v1.0/callbacks/${CALLBACK_ID}/cancel`]);
    expect(sent.headers).toEqual(headers.withoutBody);
    expect(sent.body).toBeUndefined();
  });

  it('says that the callback was gone at 404', async () => {
    expect(await lucs({ status: 404 }).client.cancelCallback(CALLBACK_ID)).toBe(false);
  });

  it('is refused by 500', async () => {
    expect(await failureOf(lucs(refusal('InvalidState')).client.cancelCallback(CALLBACK_ID))).toMatchObject({
      name: 'PermanentError',
      httpStatus: 500,
    });
  });
});

describe('paths of callbacks that the settings give', () => {
  it('are used in place of the assumed ones', async () => {
    const paths = {
      ...defaultLucsPaths,
      createCallback: '/v2.0/callbackrequests',
      getCallback: '/v2.0/callbackrequests/{id}',
      cancelCallback: '/v2.0/callbackrequests/cancel/{id}',
    };
    const { net, client } = lucsWith({ paths }, { json: callback }, { json: callback }, {});
    await client.createCallback(request);
    await client.getCallback(CALLBACK_ID);
    await client.cancelCallback('a/b?');
    expect(net.requests.map(({ method, url }) => `${method} ${url.pathname}${url.search}`)).toEqual([
      'POST /control/v2.0/callbackrequests',
      `GET /control/v2.0/callbackrequests/${CALLBACK_ID}`,
      'POST /control/v2.0/callbackrequests/cancel/a%2Fb%3F',
    ]);
  });
});
