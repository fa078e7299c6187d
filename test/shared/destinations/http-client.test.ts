import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createHttpClient,
  decideByStatus,
  type HttpClientOptions,
  type HttpRequest,
} from '../../../shared/destinations/http-client.ts';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { type FakeFetch, fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';
import { failureOf } from './bound-step.ts';

const NOW = Date.parse('2025-03-05T14:00:00Z');
const SECRET = 'SECRET-4711';

const request: HttpRequest = { method: 'GET', path: '/things', operation: 'list things' };

function clientOf(net: Pick<FakeFetch, 'fetch'>, options: Partial<HttpClientOptions> = {}) {
  return createHttpClient({
    destination: 'Demo',
    baseUrl: 'https://demo.example/api',
    timeoutMs: 1_000,
    fetch: net.fetch,
    clock: () => NOW,
    credentials: { headers: async () => ({ authorization: 'Bearer old' }) },
    ...options,
  });
}

describe('decideByStatus', () => {
  it.each([
    [200, 'done'],
    [201, 'done'],
    [204, 'done'],
    [299, 'done'],
    [300, 'permanent'],
    [302, 'permanent'],
    [304, 'permanent'],
    [400, 'permanent'],
    [401, 'refresh-token'],
    [403, 'refresh-token'],
    [404, 'permanent'],
    [405, 'permanent'],
    [408, 'retry'],
    [409, 'permanent'],
    [412, 'permanent'],
    [413, 'permanent'],
    [422, 'permanent'],
    [425, 'retry'],
    [429, 'retry'],
    [451, 'permanent'],
    [500, 'retry'],
    [501, 'retry'],
    [503, 'retry'],
    [504, 'retry'],
    [599, 'retry'],
  ])('%i: %s', (status, decision) => expect(decideByStatus(status)).toBe(decision));
});

describe('a request', () => {
  it('goes out as described', async () => {
    const net = fakeFetch({});
    const send = clientOf(net, { baseUrl: 'https://demo.example/api//' });
    await send({
      method: 'POST',
      path: '/things/1%2F2',
      query: { name: 'a & b=c', $top: '2' },
      headers: { 'x-extra': 'yes' },
      body: { a: ['ü', null] },
      operation: 'make',
    });
    const sent = net.only();
    expect(sent.method).toBe('POST');
    expect(sent.url.href).toBe('https://demo.example/api/things/1%2F2?name=a+%26+b%3Dc&%24top=2');
    expect(sent.url.searchParams.get('name')).toBe('a & b=c');
    expect(sent.body).toEqual({ a: ['ü', null] });
    expect(sent.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-extra': 'yes',
      authorization: 'Bearer old',
    });
    expect(sent.redirect).toBe('manual');
  });

  it('says nothing of a body that it does not have', async () => {
    const net = fakeFetch({});
    await clientOf(net)(request);
    expect(net.only().headers).toEqual({ accept: 'application/json', authorization: 'Bearer old' });
    expect(net.only().body).toBeUndefined();
  });

  it.each<[string, PlannedAnswer, unknown]>([
    ['JSON', { json: { a: [1] } }, { a: [1] }],
    ['JSON that is a text', { text: '"x"' }, 'x'],
    ['JSON whatever its type says', { text: '{"a":1}', headers: { 'content-type': 'text/plain' } }, { a: 1 }],
    ['text', { text: 'naked text' }, 'naked text'],
    ['a page', { text: '<html></html>', headers: { 'content-type': 'text/html' } }, '<html></html>'],
    ['JSON that breaks off', { text: '{"a":' }, '{"a":'],
    ['nothing', {}, undefined],
    ['blanks', { text: ' \r\n' }, undefined],
    ['nothing with 204', { status: 204 }, undefined],
  ])('gives back %s', async (_what, answer, body) => {
    const { body: read } = await clientOf(fakeFetch(answer))(request);
    expect(read).toEqual(body);
  });

  it('gives back status and headers', async () => {
    const answer = await clientOf(fakeFetch({ status: 202, headers: { 'x-id': '5' } }))(request);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('X-Id')).toBe('5');
  });
});

describe('an answer', () => {
  it.each([302, 400, 404, 409, 422])('%i is a permanent failure', async (status) => {
    const failure = await failureOf(clientOf(fakeFetch({ status, text: SECRET }))(request));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure).toMatchObject({ message: `Demo answered ${status} to "list things"`, httpStatus: status });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('%i is a failure that may pass', async (status) => {
    const failure = await failureOf(clientOf(fakeFetch({ status, text: SECRET }))(request));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({
      message: `Demo answered ${status} to "list things"`,
      httpStatus: status,
      retryAfterMs: undefined,
    });
  });

  it.each([
    ['30', 30_000],
    ['Wed, 05 Mar 2025 14:01:00 GMT', 60_000],
    ['soon', undefined],
  ])('can ask to wait: %s', async (header, retryAfterMs) => {
    const failure = await failureOf(clientOf(fakeFetch({ status: 429, headers: { 'retry-after': header } }))(request));
    expect(failure).toMatchObject({ retryAfterMs });
  });

  it('means what its destination says before what its status says', async () => {
    const decide: HttpClientOptions['decide'] = (_request, { status, body }) =>
      status === 409 ? 'done' : status === 200 ? 'retry' : body === 'now' ? 'permanent' : undefined;
    const send = clientOf(
      fakeFetch({ status: 409 }, { status: 200 }, { status: 503, text: 'now' }, { status: 503, text: 'later' }),
      { decide },
    );
    expect((await send(request)).status).toBe(409);
    expect(await failureOf(send(request))).toBeInstanceOf(TransientError);
    expect(await failureOf(send(request))).toBeInstanceOf(PermanentError);
    expect(await failureOf(send(request))).toBeInstanceOf(TransientError);
  });

  it('is described with the word that its destination picks from it', async () => {
    const errorCode: HttpClientOptions['errorCode'] = ({ status }) => (status === 400 ? 'NoSubject' : undefined);
    const send = clientOf(fakeFetch({ status: 400 }, { status: 404 }), { errorCode });
    expect((await failureOf(send(request))).message).toBe('Demo answered 400 (NoSubject) to "list things"');
    expect((await failureOf(send(request))).message).toBe('Demo answered 404 to "list things"');
  });
});

describe('credentials', () => {
  const renewable = {
    headers: async () => ({ authorization: 'Bearer old' }),
    refreshed: async () => ({ authorization: 'Bearer new' }),
  };

  it.each([401, 403])('are renewed once after %i', async (status) => {
    const net = fakeFetch({ status }, { json: { fine: true } });
    const answer = await clientOf(net, { credentials: renewable })({ ...request, method: 'POST', body: { a: 1 } });
    expect(answer.body).toEqual({ fine: true });
    expect(net.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
    expect(net.requests.map(({ body }) => body)).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it('are not renewed a second time: somebody must look at them', async () => {
    const net = fakeFetch({ status: 401 }, { status: 401, headers: { 'retry-after': '9' } });
    const failure = await failureOf(clientOf(net, { credentials: renewable })(request));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({
      message: 'Demo answered 401 to "list things": check its credentials',
      httpStatus: 401,
      retryAfterMs: 9_000,
    });
    expect(net.requests).toHaveLength(2);
  });

  it('that can not be renewed are not tried twice', async () => {
    const net = fakeFetch({ status: 401 });
    expect(await failureOf(clientOf(net)(request))).toBeInstanceOf(TransientError);
    expect(net.requests).toHaveLength(1);
  });

  it('leave the decision to the second answer', async () => {
    const net = fakeFetch({ status: 401 }, { status: 404 });
    expect(await failureOf(clientOf(net, { credentials: renewable })(request))).toBeInstanceOf(PermanentError);
  });

  it('that can not be had are a failure of their own, before anything is sent', async () => {
    const net = fakeFetch({});
    const headers = () => Promise.reject(new TransientError('no token'));
    await expect(clientOf(net, { credentials: { headers } })(request)).rejects.toThrow('no token');
    expect(net.requests).toEqual([]);
  });

  it('win over a header of the request', async () => {
    const net = fakeFetch({});
    await clientOf(net)({ ...request, headers: { authorization: 'Bearer smuggled' } });
    expect(net.only().headers.authorization).toBe('Bearer old');
  });
});

describe('a destination that does not answer', () => {
  it('is given up after the timeout', async () => {
    const failure = await failureOf(clientOf(fakeFetch('silence'), { timeoutMs: 5 })(request));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure.message).toBe('Demo did not answer within 5 ms for "list things"');
  });

  it('may be there later', async () => {
    const failure = await failureOf(clientOf(fakeFetch(new TypeError('fetch failed')))(request));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({ message: 'Demo could not be reached for "list things"', httpStatus: undefined });
  });
});

describe('errors', () => {
  it.each<[string, PlannedAnswer]>([
    ['a refusal', { status: 400, json: { error: SECRET } }],
    ['an outage', { status: 503, text: SECRET }],
    ['a redirect', { status: 302, headers: { location: `https://elsewhere.example/${SECRET}` } }],
    ['a broken connection', new TypeError(`connect to ${SECRET} failed`)],
    ['silence', 'silence'],
  ])('after %s hold neither address nor values nor credentials', async (_what, answer) => {
    const send = clientOf(fakeFetch(answer), {
      timeoutMs: 5,
      credentials: { headers: async () => ({ authorization: `Bearer ${SECRET}` }) },
    });
    const { message } = await failureOf(
      send({ method: 'POST', path: `/${SECRET}`, query: { phone: SECRET }, body: { name: SECRET }, operation: 'make' }),
    );
    expect(message).not.toContain(SECRET);
    expect(message).not.toContain('demo.example');
    expect(message).toContain('"make"');
  });
});

describe('over a real connection', () => {
  const servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
    const server = createServer(listener ?? (() => undefined));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  }

  it('does not follow redirects, which would carry credentials elsewhere', async () => {
    const asked: string[] = [];
    const elsewhere = await serve((incoming, answer) => {
      asked.push(incoming.headers.authorization ?? '');
      answer.end();
    });
    const baseUrl = await serve((_incoming, answer) => answer.writeHead(307, { location: elsewhere }).end());
    const failure = await failureOf(clientOf({ fetch }, { baseUrl })(request));
    expect(failure).toMatchObject({ message: 'Demo answered 307 to "list things"', httpStatus: 307 });
    expect(asked).toEqual([]);
  });

  it('gives up a body that does not end', async () => {
    const baseUrl = await serve((_incoming, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
    });
    const failure = await failureOf(clientOf({ fetch }, { baseUrl, timeoutMs: 100 })(request));
    expect(failure.message).toBe('Demo did not answer within 100 ms for "list things"');
  });

  it('takes a connection that breaks as an outage', async () => {
    const baseUrl = await serve((incoming) => incoming.socket.destroy());
    expect(await failureOf(clientOf({ fetch }, { baseUrl })(request))).toBeInstanceOf(TransientError);
  });
});
