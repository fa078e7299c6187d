import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { entraNetwork } from '../../../shared/auth/entra-network.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Answers every request with this, and tells what it was asked. */
async function serve(status: number, body: string) {
  const asked: unknown[] = [];
  const listening = createServer(async (request, response) => {
    asked.push([request.method, request.url, request.headers['content-type'], await text(request)]);
    response.writeHead(status, { 'retry-after': '7' }).end(body);
  });
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const address = listening.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/token`, asked };
}

describe('entraNetwork', () => {
  it('sends what MSAL gives it, and hands on every answer that is JSON', async () => {
    const { url, asked } = await serve(400, '{"error":"invalid_grant"}');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await entraNetwork().sendPostRequestAsync(url, { headers, body: 'a=1' })).toMatchObject({
      status: 400,
      headers: { 'retry-after': '7' },
      body: { error: 'invalid_grant' },
    });
    await entraNetwork().sendGetRequestAsync(url);
    expect(asked).toEqual([
      ['POST', '/token', 'application/x-www-form-urlencoded', 'a=1'],
      ['GET', '/token', undefined, ''],
    ]);
  });

  it('fails on anything else, without quoting it', async () => {
    const { url } = await serve(200, '{"access_token":"SECRET');
    const failure: unknown = await entraNetwork()
      .sendGetRequestAsync(url)
      .catch((error: unknown) => error);
    expect(String(failure)).toBe('Error: Entra answered 200 without JSON');
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('SECRET');
  });
});
