import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningHost, startHost } from '../../../../infra/local/host/host.ts';
import type { LogRecord } from '../../../../infra/local/host/log.ts';

/** How the fixture app and this test talk: both are in one process. */
const events: NodeJS.EventEmitter = process;
const records: LogRecord[] = [];
let host: RunningHost;

beforeAll(async () => {
  host = await startHost({
    appDir: fileURLToPath(new URL('./fixtures/http-app', import.meta.url)),
    port: 0,
    env: { ROUTE_NAME: 'renamed-route', 'AzureWebJobs.off.Disabled': 'true' },
    keys: { master: 'master-key', default: 'host-key', functions: { KEYED: 'own-key' } },
    log: (record) => records.push(record),
  });
});
afterAll(async () => {
  await host.stop();
});

const url = (path: string) => `http://127.0.0.1:${host.port}${path}`;
const get = (path: string, headers: Record<string, string> = {}) => fetch(url(path), { headers });

interface Answer {
  response: IncomingMessage;
  body: string;
}

/** A request that fetch cannot make: raw paths, repeated headers, bodies without a length. */
async function raw(path: string, options: RequestOptions = {}, body?: Buffer | string): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port: host.port, path, ...options });
  if (body !== undefined) request.write(body);
  request.end();
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { response, body: text };
}

describe('routes', () => {
  it('lists the functions that are served, by name', () => {
    expect(host.functions.slice(0, 3)).toEqual(['adminOnly', 'aParameter', 'bLiteral']);
    expect(host.functions).not.toContain('off');
  });

  it.each([
    ['/api/describe/7', { id: '7' }],
    ['/api/describe', {}],
    ['/API/Describe/a%20b', { id: 'a b' }],
    ['/api/files/a/b%2Fc/d', { rest: 'a/b%2Fc/d' }],
    ['/api/orders/5', { id: '5', page: '1' }],
    ['/api/x/../describe/1', { id: '1' }],
    ['http://elsewhere.test/api/describe/2', { id: '2' }],
  ])('%s', async (path, params) => {
    const { body } = await raw(path);
    expect(JSON.parse(body).params).toEqual(params);
  });

  it('prefers the function that sorts first, not the literal route', async () => {
    expect(await (await get('/api/things/literal')).text()).toBe('parameter');
  });

  it.each(['/api/nothing', '/describe', '/api/orders/x', '/'])('%s is 404 with an empty body', async (path) => {
    const response = await get(path);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  it('answers a wrong method with 404', async () => {
    expect((await fetch(url('/api/things/x'), { method: 'PUT', body: 'x' })).status).toBe(404);
  });

  it('takes %NAME% in a route from the settings', async () => {
    expect(await (await get('/api/renamed-route')).text()).toBe('renamed');
  });
});

describe('requests', () => {
  it('join repeated query values and headers, ignoring the case of their names', async () => {
    const { body } = await raw('/api/describe?A=1&a=2&b=%C3%BC+x&empty=', {
      headers: { 'X-Twice': ['1', '2'], 'X-Empty': '' },
    });
    const seen = JSON.parse(body);
    expect(seen.query).toEqual([
      ['A', '1,2'],
      ['b', 'ü x'],
      ['empty', ''],
    ]);
    expect(seen.headers).toMatchObject({ 'x-twice': '1,2' });
    expect(seen.headers).not.toHaveProperty('x-empty');
    expect(seen).toMatchObject({ functionName: 'describe', hasTriggerMetadata: false, method: 'GET' });
    expect(seen.url).toBe(url('/api/describe?A=1&a=2&b=%C3%BC+x&empty='));
  });

  it('hand over the body byte by byte', async () => {
    const size = 3_000_000;
    const response = await fetch(url('/api/size'), { method: 'POST', body: Buffer.alloc(size, 0xff) });
    expect(await response.text()).toBe(String(size));
  });

  it('without a Content-Length lose their body', async () => {
    const options = { method: 'POST', headers: { 'transfer-encoding': 'chunked' } };
    expect((await raw('/api/size', options, 'dropped')).body).toBe('0');
  });

  it('over 100 MB are refused with 413 before the body is read', async () => {
    const request = httpRequest({
      port: host.port,
      host: '127.0.0.1',
      path: '/api/size',
      method: 'POST',
      headers: { 'content-length': 104_857_601 },
    });
    request.on('error', () => undefined);
    request.flushHeaders();
    const [response]: IncomingMessage[] = await once(request, 'response');
    expect(response?.statusCode).toBe(413);
    request.destroy();
  });

  it('with malformed JSON reach the handler, whose failure is 500', async () => {
    const response = await fetch(url('/api/json'), { method: 'POST', body: '{' });
    expect([response.status, await response.text()]).toEqual([500, '']);
  });

  it("continue the caller's trace", async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const seen = await (await get('/api/describe', { traceparent })).json();
    expect(seen).toMatchObject({ traceParent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad)/) });
  });

  it('with a Host header that is none are 400', async () => {
    expect((await raw('/api/describe', { headers: { host: 'a b' } })).response.statusCode).toBe(400);
  });

  it('whose client goes away half-way harm nobody', async () => {
    const socket = connect(host.port, '127.0.0.1');
    socket.write('POST /api/size HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf');
    await once(socket, 'connect');
    socket.destroy();
    expect((await get('/api/describe')).status).toBe(200);
    expect(records.filter((record) => record.message.includes('could not be answered'))).toEqual([]);
  });

  it('that are no HTTP get an answer and leave the server running', async () => {
    const socket = connect(host.port, '127.0.0.1');
    socket.end('nonsense\r\n\r\n');
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await get('/api/describe')).status).toBe(200);
  });
});

describe('answers', () => {
  it.each([
    ['throws', 500],
    ['returnsText', 500],
    ['returnsNothing', 204],
    ['returnsNoContent', 204],
    ['returnsEmptyObject', 200],
  ])('%s: %d without a body', async (name, status) => {
    const response = await get(`/api/${name}`);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('log the error of a handler with its stack', async () => {
    await get('/api/throws');
    expect(records).toContainEqual(
      expect.objectContaining({
        level: 'error',
        functionName: 'throws',
        category: 'Function.throws',
        message: expect.stringMatching(/Error: secret of the handler\n.*responses\.cjs/),
      }),
    );
  });

  it('carry bytes and headers, with a length of their own', async () => {
    const response = await get('/api/returnsBytes');
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('image/x-test');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255, 7]));
  });

  it('to HEAD have headers alone', async () => {
    const response = await fetch(url('/api/returnsBytes'), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([201, '3', '']);
  });

  it('keep the last Set-Cookie header and write cookies as ASP.NET does', async () => {
    expect((await get('/api/cookies')).headers.getSetCookie()).toEqual([
      'last=2',
      'a=x%20y%3Bz; path=/',
      'b=1; max-age=60; domain=d.test; path=/p; secure; samesite=lax; httponly',
      'c=2; expires=Tue, 14 Nov 2023 22:13:20 GMT; path=/; samesite=none',
    ]);
  });
});

describe('keys', () => {
  it.each([
    ['/api/keyed', {}, 401],
    ['/api/keyed?code=wrong', {}, 401],
    ['/api/keyed?code=own-key', {}, 200],
    ['/api/keyed?CODE=host-key', {}, 200],
    ['/api/keyed', { 'x-functions-key': 'master-key' }, 200],
    ['/api/keyed?code=own-key', { 'x-functions-key': 'wrong' }, 401],
    ['/api/adminOnly?code=host-key', {}, 401],
    ['/api/adminOnly?code=master-key', {}, 200],
    ['/api/describe?code=wrong', {}, 200],
    ['/api/nothing?code=wrong', {}, 404],
    ['/api/off', {}, 401],
    ['/api/off?code=host-key', {}, 404],
    ['/api/off?code=master-key', {}, 200],
  ])('%s with %j: %d', async (path, headers, status) => {
    const response = await get(path, headers);
    expect(response.status).toBe(status);
    if (status === 401) expect(await response.text()).toBe('');
  });

  it('never appear in the log', async () => {
    await get('/api/keyed?code=own-key');
    expect(JSON.stringify(records)).not.toMatch(/own-key|host-key|master-key/);
  });
});

describe('the admin API', () => {
  const post = (path: string, key: string, body = '{}') =>
    fetch(url(path), { method: 'POST', body, headers: { 'x-functions-key': key } });

  it.each([
    ['/admin/functions/describe', 'host-key', 401],
    ['/admin/functions/unknown', 'master-key', 404],
    ['/admin/functions/describe', 'master-key', 400],
    ['/admin/other', 'master-key', 404],
  ])('%s with %s: %d', async (path, key, status) => {
    expect((await post(path, key)).status).toBe(status);
  });
});

describe('hooks', () => {
  it('change handler and result, share data, and cannot replace what is not theirs', async () => {
    expect(await (await get('/api/hooked')).json()).toEqual({
      extra: 'extra',
      data: 'pre',
      seen: ['appStart', "Cannot assign to read only property 'invocationContext'"],
    });
  });

  it('fail an invocation before the handler, and then skip the post hooks', async () => {
    expect((await get('/api/preThrows')).status).toBe(500);
    expect(JSON.stringify(await (await get('/api/hooked')).json())).not.toContain('post after a throwing pre hook');
  });

  it('rescue a failed invocation', async () => {
    const response = await get('/api/rescued');
    expect([response.status, await response.text()]).toEqual([200, 'rescued']);
  });

  it('rewrite user records, and may throw', async () => {
    records.length = 0;
    await get('/api/hooked');
    expect(records.map((record) => record.message)).toEqual(['rewritten', 'break']);
  });
});

it('logs by level: debug is silent unless host.json says otherwise', async () => {
  records.length = 0;
  await get('/api/quiet');
  await get('/api/chatty');
  const user = records.filter((record) => record.category.endsWith('.User'));
  expect(user).toMatchObject([
    { level: 'debug', message: 'a debug line', category: 'Function.chatty.User', functionName: 'chatty' },
    { level: 'warning', message: "a warning { of: 'two parts' }" },
  ]);
});

it('refuses a second app in the same process', async () => {
  const appDir = fileURLToPath(new URL('./fixtures/http-app', import.meta.url));
  await expect(startHost({ appDir, port: 0, env: {}, keys: {} })).rejects.toThrow('start a new process');
});

it('answers what is under way when it stops, runs the appTerminate hooks, and stops listening', async () => {
  const terminated = vi.fn();
  process.once('fixture-terminated', terminated);
  const held = new Promise((resolve) => process.once('fixture-held', resolve));
  const agent = new Agent({ keepAlive: true });
  const answer = raw('/api/held', { agent });
  await held;
  const stopped = Promise.all([host.stop(), host.stop()]);
  events.emit('fixture-release');
  expect((await answer).body).toBe('released');
  await stopped;
  agent.destroy();
  expect(terminated).toHaveBeenCalledTimes(1);
  expect(records.filter(({ message }) => message.includes('still run'))).toEqual([]);
  await expect(fetch(url('/api/describe'))).rejects.toThrow();
});
