import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nimbusBearerToken as token } from '../../../../../infra/local/simulators/credentials.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../../../infra/local/simulators/nimbus/simulator.ts';
import { call } from '../call.ts';

let nimbus: NimbusSimulator;
let bridge: Server;
let bridgeUrl = '';
let received: { url: string | undefined; contentType: string | undefined; run: unknown; body: unknown }[] = [];

beforeAll(async () => {
  nimbus = await startNimbusSimulator({ port: 0 });
  bridge = createServer(async (request, response) => {
    const { 'content-type': contentType, 'x-ms-workflow-run-id': run } = request.headers;
    received.push({ url: request.url, contentType, run, body: JSON.parse(await text(request)) });
    response.writeHead(202).end('taken');
  });
  await new Promise<void>((resolve) => bridge.listen(0, '127.0.0.1', resolve));
  const address = bridge.address();
  bridgeUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
beforeEach(() => {
  received = [];
});
afterEach(() => nimbus.clear());
afterAll(async () => {
  await nimbus.close();
  await new Promise((resolve) => bridge.close(resolve));
});

async function register(path: string, config: Record<string, unknown>): Promise<void> {
  const url = `${bridgeUrl}/api/hook?code=secret`;
  const answer = await call('POST', `${nimbus.baseUrl}/v1/triggers/${path}`, {
    token,
    body: { config: { url, ...config } },
  });
  expect(answer.status).toBe(201);
}

const filter = { services: ['helpdesk@contoso.example'], taskEvents: ['SystemAccepted'] };
const payload = {
  taskId: 't-1',
  event: 'SystemAccepted',
  direction: 'Inbound',
  modality: 'Audio',
  serviceUPN: 'helpdesk@contoso.example',
};

describe('raise', () => {
  it('posts the payload as JSON with the given headers, and tells the answer without the key', async () => {
    await register('tasks', filter);
    const callbackHeaders = { 'x-ms-workflow-run-id': 'run-7' };
    const results = await nimbus.raise({ webhook: 'task', payload, callbackHeaders });
    expect(received).toEqual([
      { url: '/api/hook?code=secret', contentType: 'application/json', run: 'run-7', body: payload },
    ]);
    expect(results).toEqual([
      {
        triggerId: nimbus.state().triggers[0]?.id,
        url: `${bridgeUrl}/api/hook`,
        event: 'SystemAccepted',
        subject: 't-1',
        attempt: 1,
        status: 202,
        body: 'taken',
        ms: expect.any(Number),
      },
    ]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>, number]>([
    ['the event’s display name', filter, { ...payload, event: 'system ACCEPTED' }, 1],
    ['another event', filter, { ...payload, event: 'TaskTerminated' }, 0],
    [
      'a service in another case and key casing',
      filter,
      { ...payload, serviceUPN: undefined, ServiceUpn: 'HelpDesk@contoso.example' },
      1,
    ],
    ['another service', filter, { ...payload, serviceUPN: 'sales@contoso.example' }, 0],
    ['no service', filter, { event: 'SystemAccepted' }, 0],
    ['a wanted modality', { ...filter, modalities: ['Audio'] }, payload, 1],
    ['an unwanted modality', { ...filter, modalities: ['ExternalTask'] }, payload, 0],
    ['a wanted direction', { ...filter, directions: ['Outbound', 'Inbound'] }, payload, 1],
    ['an unwanted direction', { ...filter, directions: ['Outbound'] }, payload, 0],
    ['no direction where one is wanted', { ...filter, directions: ['Inbound'] }, { ...payload, direction: null }, 0],
  ])('heeds the filter: %s', async (_name, config, raised, expected) => {
    await register('tasks', config);
    expect(await nimbus.raise({ webhook: 'task', payload: raised })).toHaveLength(expected);
    expect(received).toHaveLength(expected);
  });

  it('keeps the webhooks apart and reaches every trigger of one', async () => {
    await register('scheduler-entries', { services: ['sales@contoso.example'], schedulerEntryEvents: ['Completed'] });
    await register('scheduler-entries', { services: ['sales@contoso.example'], schedulerEntryEvents: ['Completed'] });
    await register('tasks', { services: ['sales@contoso.example'], taskEvents: ['Created'] });
    const entry = { schedulerEntryId: 'e-1', event: 'Completed', serviceUpn: 'sales@contoso.example' };
    expect(await nimbus.raise({ webhook: 'schedulerEntry', payload: entry })).toHaveLength(2);
    expect(await nimbus.raise({ webhook: 'task', payload: entry })).toEqual([]);
  });

  it('tells when a callback gives no answer', async () => {
    await register('tasks', { ...filter, url: 'http://127.0.0.1:1/' });
    expect(await nimbus.raise({ webhook: 'task', payload })).toMatchObject([
      { status: null, body: expect.stringMatching(/^No answer: /) },
    ]);
  });

  it('can be asked for over HTTP', async () => {
    await register('tasks', filter);
    const path = `${nimbus.origin}/_simulator/raise`;
    expect(await call('POST', path, { body: { webhook: 'task', payload } })).toMatchObject({
      status: 200,
      body: [{ status: 202, body: 'taken' }],
    });
    expect(await call('POST', path, { body: { webhook: 'email', payload } })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('webhook') },
    });
  });
});
