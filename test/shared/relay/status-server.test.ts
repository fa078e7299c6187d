import { afterEach, describe, expect, test } from 'vitest';
import type { RelayFigures } from '../../../shared/relay/relay-status.ts';
import { type StatusServer, startStatusServer } from '../../../shared/relay/status-server.ts';
import { someFigures } from './some-figures.ts';

let server: StatusServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(figures: () => RelayFigures = someFigures) {
  server = await startStatusServer({ port: 0, host: '127.0.0.1', figures });
  const { port } = server;
  return (path: string, method = 'GET') => fetch(`http://127.0.0.1:${port}${path}`, { method });
}

describe('/healthz', () => {
  test('answers while the process lives, whatever the state', async () => {
    const get = await serve(() => someFigures({ connectedSinceMs: undefined, isBusReachable: false }));
    const response = await get('/healthz');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'alive', connectedSince: null, isBusReachable: false });
  });

  test('tells the figures', async () => {
    const get = await serve();
    expect(await (await get('/healthz')).json()).toMatchObject({
      connectedSince: '2025-03-05T14:07:00.000Z',
      lastGap: { from: '2025-03-05T14:06:00.000Z', to: '2025-03-05T14:07:00.000Z' },
      subscriptions: {
        active: 3,
        refusedCount: 1,
        refused: [{ entityId: 'u1', eventName: 'UserStatus', reason: 'Unauthorized' }],
      },
      received: 100,
      sent: 90,
      buffered: 4,
      spooled: 6,
      merged: 2,
      reconnects: 1,
      unparsed: 5,
      unknownEvents: 7,
      identity: { mode: 'pair', state: 'synced', epoch: 'e1' },
    });
  });
});

describe('/readyz', () => {
  test('answers 200 when all is well', async () => {
    const get = await serve();
    const response = await get('/readyz?verbose');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ ready: true, problems: [] });
  });

  test.each<[string, Partial<RelayFigures>]>([
    ['not connected to the RTE hub', { connectedSinceMs: undefined }],
    ['no subscription is active', { subscriptions: { active: 0, refused: [] } }],
    ['the bus does not answer', { isBusReachable: false }],
    ['the spool is full, or can not be written', { isSpoolFull: true }],
  ])('answers 503: %s', async (problem, parts) => {
    const get = await serve(() => someFigures(parts));
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ready: false, problems: [problem] });
  });
});

describe('/metrics', () => {
  test('has the figures in the Prometheus text format', async () => {
    let received = 100;
    const get = await serve(() => someFigures({ received }));
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('# HELP relay_messages_received_total Messages from the RTE hub.');
    expect(text).toContain('# TYPE relay_messages_received_total counter\nrelay_messages_received_total 100\n');
    expect(text).toContain('# TYPE relay_hub_connected gauge\nrelay_hub_connected 1\n');
    expect(text).toContain('\nrelay_hub_connected_since_seconds 1741183620\n');
    expect(text).toContain('\nprocess_cpu_seconds_total ');
    received = 130;
    expect(await (await get('/metrics')).text()).toContain('\nrelay_messages_received_total 130\n');
  });

  test('leaves out what is not known', async () => {
    const get = await serve(() => someFigures({ connectedSinceMs: undefined, lastGap: undefined }));
    const text = await (await get('/metrics')).text();
    expect(text).not.toMatch(/^relay_hub_connected_since_seconds/m);
    expect(text).not.toMatch(/^relay_hub_last_gap/m);
    expect(text).toContain('\nrelay_hub_connected 0\n');
  });
});

describe('anything else', () => {
  test('HEAD gets the headers only', async () => {
    const get = await serve();
    const response = await get('/readyz', 'HEAD');
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await response.text()).toBe('');
  });

  test('other methods are refused', async () => {
    const get = await serve();
    const response = await get('/healthz', 'POST');
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test.each(['/', '/nothing', '/healthz/', '/constructor'])('%s is not found', async (path) => {
    const get = await serve();
    expect((await get(path)).status).toBe(404);
  });

  test('figures that fail are an error of the server, which goes on', async () => {
    let isBroken = true;
    const get = await serve(() => {
      if (isBroken) throw new Error('broken');
      return someFigures();
    });
    expect((await get('/readyz')).status).toBe(500);
    isBroken = false;
    expect((await get('/readyz')).status).toBe(200);
  });

  test('a port in use is an error', async () => {
    await serve();
    await expect(
      startStatusServer({ port: server?.port ?? 0, host: '127.0.0.1', figures: someFigures }),
    ).rejects.toThrow(/EADDRINUSE/);
  });
});
