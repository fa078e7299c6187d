import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rawBodyOf } from '../../../../../infra/local/simulators/common/request-body.ts';
import { type Simulator, startSimulator, type Vendor } from '../../../../../infra/local/simulators/common/simulator.ts';
import { call } from '../call.ts';

let stored: string[] = [];
const vendor: Vendor<{ stored: string[] }> = {
  name: 'Sample',
  basePath: '/api',
  routes: (scope) => {
    scope.post('/api/things', async (request, reply) => {
      stored.push(rawBodyOf(request));
      return reply.code(201).header('x-vendor', 'yes').send({ stored: stored.length });
    });
    scope.get('/api/things', async () => stored);
    scope.get('/api/broken', async () => {
      throw new Error('a bug');
    });
    scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send('nothing here'));
  },
  state: () => ({ stored }),
  forget: () => {
    stored = [];
  },
};

let simulator: Simulator<{ stored: string[] }>;
const now = Date.parse('2025-03-04T08:15:02.250Z');

beforeEach(async () => {
  stored = [];
  simulator = await startSimulator(vendor, { port: 0, clock: () => now });
});
afterEach(() => simulator.close());

const things = () => `${simulator.baseUrl}/things`;
const control = (path: string) => `${simulator.origin}/_simulator${path}`;

describe('recorded requests', () => {
  it('hold what arrived and what was answered, oldest first', async () => {
    await call('POST', `${things()}?a=1&b=x%20y&a=2`, { token: 'secret', body: { hello: 'world' } });
    await call('GET', `${simulator.baseUrl}/no%20where`);
    expect(simulator.requests()).toEqual([
      {
        at: '2025-03-04T08:15:02.250Z',
        method: 'POST',
        path: '/api/things',
        query: { a: ['1', '2'], b: 'x y' },
        headers: expect.objectContaining({ authorization: 'Bearer secret', 'content-type': 'application/json' }),
        body: { hello: 'world' },
        answer: { status: 201, body: { stored: 1 } },
      },
      expect.objectContaining({ path: '/api/no%20where', body: null, answer: { status: 404, body: 'nothing here' } }),
    ]);
  });

  it.each([
    ['text of another type', 'text/plain', '{"a":1}', '{"a":1}'],
    ['JSON of a special type', 'application/cloudevents+json; charset=utf-8', '{"a":1}', { a: 1 }],
    ['broken JSON', 'application/json', '{"a":', '{"a":'],
  ])('keep %s', async (_name, contentType, body, expected) => {
    await call('POST', things(), { body, headers: { 'content-type': contentType } });
    expect(simulator.requests()[0]?.body).toEqual(expected);
  });

  it('can be read and forgotten over HTTP, without being recorded themselves', async () => {
    await call('GET', things());
    expect((await call('GET', control('/requests'))).body).toEqual(simulator.requests());
    expect(simulator.requests()).toHaveLength(1);
    expect((await call('DELETE', control('/requests'))).status).toBe(204);
    expect(simulator.requests()).toEqual([]);
  });
});

describe('state', () => {
  it('can be read and reset over HTTP', async () => {
    await call('POST', things(), { body: 'one' });
    expect((await call('GET', control('/state'))).body).toEqual({ stored: ['one'] });
    expect((await call('DELETE', control('/state'))).status).toBe(204);
    expect(simulator.state()).toEqual({ stored: [] });
  });

  it('is cleared together with requests and planned answers', async () => {
    await call('POST', things(), { body: 'one' });
    simulator.answerNext({ status: 503 });
    simulator.clear();
    expect(simulator.requests()).toEqual([]);
    expect(simulator.state()).toEqual({ stored: [] });
    expect((await call('GET', things())).status).toBe(200);
  });
});

describe('planned answers', () => {
  it('replace the simulator’s own, with status, headers and body', async () => {
    const planned = { match: { method: 'POST' }, status: 429, headers: { 'retry-after': '2' }, body: { slow: 'down' } };
    expect(await call('POST', control('/answers'), { body: planned })).toMatchObject({
      status: 201,
      body: { added: 1 },
    });

    const answer = await call('POST', things(), { body: 'one' });
    expect(answer).toMatchObject({ status: 429, body: { slow: 'down' } });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(simulator.state().stored).toEqual([]);
    expect(simulator.requests()[0]?.answer).toEqual({ status: 429, body: { slow: 'down' } });

    expect((await call('POST', things(), { body: 'one' })).status).toBe(201);
  });

  it('are 500 without a body when nothing is said', async () => {
    simulator.answerNext({});
    expect(await call('GET', things())).toMatchObject({ status: 500, text: '' });
  });

  it('reach routes that the vendor does not have', async () => {
    simulator.answerNext({ status: 418, body: 'teapot' });
    expect(await call('GET', `${simulator.baseUrl}/nowhere`)).toMatchObject({ status: 418, text: 'teapot' });
  });

  it('perform the operation first when its effect is wanted', async () => {
    simulator.answerNext({ afterEffect: true, status: 502, body: 'bad gateway' });
    const answer = await call('POST', things(), { body: 'one' });
    expect(answer).toMatchObject({ status: 502, text: 'bad gateway' });
    expect(answer.headers.get('x-vendor')).toBeNull();
    expect(simulator.state().stored).toEqual(['one']);
    expect(simulator.requests()[0]?.answer).toEqual({ status: 502, body: 'bad gateway' });
  });

  it.each([
    ['before the operation', false, []],
    ['after the operation', true, ['one']],
  ])('reset the connection %s', async (_name, afterEffect, expected) => {
    simulator.answerNext({ reset: true, afterEffect });
    const failure = await call('POST', things(), { body: 'one' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(simulator.state().stored).toEqual(expected);
    expect(simulator.requests()[0]?.answer).toBeNull();
    expect((await call('GET', things())).status).toBe(200);
  });

  it.each([
    ['before the operation', false, []],
    ['after the operation', true, ['one']],
  ])('hang until the caller gives up, %s', async (_name, afterEffect, expected) => {
    simulator.answerNext({ hang: true, afterEffect });
    const caller = new AbortController();
    const pending = fetch(things(), { method: 'POST', body: 'one', signal: caller.signal }).catch((error) => error);
    await vi.waitFor(() => expect(simulator.requests()).toHaveLength(1));
    await vi.waitFor(() => expect(simulator.state().stored).toEqual(expected));
    expect(simulator.requests()[0]?.answer).toBeNull();
    caller.abort();
    expect(await pending).toMatchObject({ name: 'AbortError' });
  });

  it('end with the simulator while they hang or wait', async () => {
    simulator.answerNext({ hang: true }, { delayMs: 60_000, status: 200 });
    const pending = [1, 2].map(() => call('GET', things()).catch((error: unknown) => error));
    await vi.waitFor(() => expect(simulator.requests()).toHaveLength(2));
    await simulator.close();
    for (const outcome of await Promise.all(pending)) expect(outcome).toBeInstanceOf(Error);
  });

  it('keep the own answer when they only delay it', async () => {
    simulator.answerNext({ delayMs: 1 });
    expect((await call('POST', things(), { body: 'one' })).status).toBe(201);
  });

  it('can be forgotten over HTTP', async () => {
    await call('POST', control('/answers'), { body: [{ status: 500 }, { status: 501 }] });
    expect((await call('DELETE', control('/answers'))).status).toBe(204);
    expect((await call('GET', things())).status).toBe(200);
  });

  it('are refused with the reason when they contradict themselves', async () => {
    const refused = await call('POST', control('/answers'), { body: { hang: true, status: 200 } });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('choose one of: hang, reset, or an answer');
    expect(() => simulator.answerNext({ hang: true, reset: true })).toThrow('choose one of');
  });
});

describe('a simulator', () => {
  it('says which control it does not have', async () => {
    expect(await call('GET', control('/nothing'))).toMatchObject({
      status: 404,
      body: { error: 'The simulator has no control GET /_simulator/nothing.' },
    });
  });

  it('answers 500 for its own faults and prints them', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await call('GET', `${simulator.baseUrl}/broken`)).status).toBe(500);
    expect(print.mock.calls[0]?.[0]).toBe('The Sample simulator failed at GET /api/broken:');
    print.mockRestore();
  });

  it('names itself and the port when that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startSimulator(vendor, { port })).rejects.toThrow(
      `The Sample simulator cannot listen on 127.0.0.1:${port}: the port is in use.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });
});
