import { AbortError, HttpError, TimeoutError } from '@microsoft/signalr';
import { describe, expect, it, vi } from 'vitest';
import { HubHttpClient } from '../../../shared/relay/hub-http-client.ts';
import { type FakeFetch, fakeFetch } from '../../helpers/fake-fetch.ts';

const url = 'https://hub.example/rte/negotiate?negotiateVersion=1';

function clientOf({ fetch }: Pick<FakeFetch, 'fetch'>) {
  const alive: number[] = [];
  const client = new HubHttpClient({ fetch, clock: () => 1_000, onAlive: (atMs) => void alive.push(atMs) });
  return { client, alive };
}

describe('HTTP requests to the hub', () => {
  it('carry what SignalR gives, follow no redirect, and show that the hub lives', async () => {
    const net = fakeFetch({ text: '{}' });
    const { client, alive } = clientOf(net);
    const response = await client.post(url, { content: '{"a":1}', headers: { Authorization: 'Bearer jwt' } });
    expect(response).toMatchObject({ statusCode: 200, content: '{}' });
    expect(net.only()).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      headers: { authorization: 'Bearer jwt', 'content-type': 'text/plain;charset=UTF-8' },
      body: { a: 1 },
    });
    expect(alive).toEqual([1_000]);
  });

  it('give the cookies of a host back to it, and to no other', async () => {
    const net = fakeFetch({ headers: { 'set-cookie': 'ARRAffinity=abc; Path=/; HttpOnly' } }, {}, {});
    const { client } = clientOf(net);
    await client.post(url);
    await client.post(url);
    await client.post('https://other.example/rte');
    expect(net.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, 'ARRAffinity=abc', undefined]);
    expect([client.getCookieString('wss://hub.example/rte'), client.getCookieString('wss://other.example')]).toEqual([
      'ARRAffinity=abc',
      '',
    ]);
  });

  it('that are refused leave status and wait behind, and quote nothing', async () => {
    const { client, alive } = clientOf(fakeFetch({ status: 429, headers: { 'retry-after': '9' }, text: 'a.berg' }));
    const error = await client.post(url).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(HttpError);
    expect(String(error)).not.toContain('a.berg');
    expect(client.refusal).toEqual({ httpStatus: 429, retryAfterMs: 9_000 });
    expect(alive).toEqual([]);
  });

  it('that meet a 401 leave it to SignalR to renew the token', async () => {
    const { client } = clientOf(fakeFetch({ status: 401 }));
    expect(await client.post(url)).toMatchObject({ statusCode: 401 });
    expect(client.refusal).toEqual({ httpStatus: 401, retryAfterMs: undefined });
  });

  it('end in time, and when they are told to', async () => {
    const net = fakeFetch('silence', 'silence');
    const { client } = clientOf(net);
    await expect(client.get(url, { timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    const abortSignal: { aborted: boolean; onabort: (() => void) | null } = { aborted: false, onabort: null };
    const request = client.get(url, { abortSignal });
    await vi.waitFor(() => expect(net.requests).toHaveLength(2));
    abortSignal.onabort?.();
    await expect(request).rejects.toBeInstanceOf(AbortError);
    await expect(client.get(url, { abortSignal: { aborted: true, onabort: null } })).rejects.toBeInstanceOf(AbortError);
  });

  it('leave no timer behind', async () => {
    vi.useFakeTimers();
    try {
      await clientOf(fakeFetch({})).client.get(url, { timeout: 20 });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that get nowhere fail as they did', async () => {
    const { client } = clientOf(fakeFetch(new TypeError('fetch failed')));
    await expect(client.get(url)).rejects.toThrow(new TypeError('fetch failed'));
  });
});
