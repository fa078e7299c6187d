import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nimbusBearerToken as token } from '../../../../../infra/local/simulators/credentials.ts';
import { type NimbusSimulator, startNimbusSimulator } from '../../../../../infra/local/simulators/nimbus/simulator.ts';
import { call } from '../call.ts';

let nimbus: NimbusSimulator;
let ids = 0;

beforeAll(async () => {
  nimbus = await startNimbusSimulator({ port: 0, newId: () => `trigger-${++ids}` });
});
afterEach(() => nimbus.clear());
afterAll(() => nimbus.close());

const tasksPath = '/v1/triggers/tasks';
const entriesPath = '/v1/triggers/scheduler-entries';
const url = 'https://bridge.example/api/nimbus/tasks?code=abc';
const taskConfig = { url, services: ['helpdesk@contoso.example'], taskEvents: ['SystemAccepted'] };
const entryConfig = { url, services: ['sales@contoso.example'], schedulerEntryEvents: ['Completed'] };
const post = (path: string, body: unknown) => call('POST', nimbus.baseUrl + path, { token, body });

describe('authentication', () => {
  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer other' }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['the bare token', { authorization: token }],
  ])('refuses %s with 401', async (_name, headers) => {
    const answer = await call('GET', `${nimbus.baseUrl}/v1/diagnostics/testconnection`, { headers });
    expect(answer).toMatchObject({ status: 401, text: '' });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('passes the token, the scheme in any case', async () => {
    const headers = { authorization: `bearer ${token}` };
    const answer = await call('GET', `${nimbus.baseUrl}/v1/diagnostics/testconnection`, { headers });
    expect(answer).toMatchObject({ status: 200, text: '' });
  });
});

describe.each([
  ['task', tasksPath, taskConfig],
  ['schedulerEntry', entriesPath, entryConfig],
])('the %s trigger', (webhook, path, config) => {
  it('is registered with 201, an empty body and its address', async () => {
    const answer = await post(path, { config });
    expect(answer).toMatchObject({ status: 201, text: '' });
    const { triggers } = nimbus.state();
    expect(answer.headers.get('location')).toBe(`${nimbus.baseUrl}${path}/${triggers[0]?.id}`);
    expect(triggers).toMatchObject([{ webhook, config: { url, services: config.services } }]);
  });

  it('is removed at its address with 204, once', async () => {
    const location = (await post(path, { config })).headers.get('location') ?? '';
    expect(await call('DELETE', location, { token })).toMatchObject({ status: 204, text: '' });
    expect(nimbus.state().triggers).toEqual([]);
    expect((await call('DELETE', location, { token })).status).toBe(404);
  });

  it('is not removed as a trigger of the other webhook', async () => {
    const location = (await post(path, { config })).headers.get('location') ?? '';
    const other = location.replace(path, path === tasksPath ? entriesPath : tasksPath);
    expect((await call('DELETE', other, { token })).status).toBe(404);
    expect(nimbus.state().triggers).toHaveLength(1);
  });

  it('answers 403 for a service that the account does not see', async () => {
    expect((await post(path, { config: { ...config, services: ['other@contoso.example'] } })).status).toBe(403);
  });

  it('answers 415 for a body that is not declared as JSON', async () => {
    const body = JSON.stringify({ config });
    const answer = await call('POST', nimbus.baseUrl + path, {
      token,
      body,
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('a wrong registration', () => {
  const { url: _url, ...withoutUrl } = taskConfig;
  it.each<[string, unknown, string]>([
    ['a body that is not JSON', '{', ''],
    ['an array', [], ''],
    ['no config', {}, 'config'],
    ['something beside config', { config: taskConfig, extra: 1 }, 'extra'],
    ['no url', { config: withoutUrl }, 'config.url'],
    ['a relative url', { config: { ...taskConfig, url: '/api' } }, 'config.url'],
    ['a url that is not http', { config: { ...taskConfig, url: 'ftp://x/' } }, 'config.url'],
    ['no service', { config: { ...taskConfig, services: [] } }, 'config.services'],
    [
      'services that are no list',
      { config: { ...taskConfig, services: 'helpdesk@contoso.example' } },
      'config.services',
    ],
    ['no events', { config: { ...taskConfig, taskEvents: undefined } }, 'config.taskEvents'],
    [
      'an event’s name for its value',
      { config: { ...taskConfig, taskEvents: ['System accepted'] } },
      'config.taskEvents',
    ],
    ['an unknown modality', { config: { ...taskConfig, modalities: ['Fax'] } }, 'config.modalities'],
    ['an unknown direction', { config: { ...taskConfig, directions: ['inbound'] } }, 'config.directions'],
  ])('answers 400 for %s', async (_name, body, field) => {
    const answer = await post(tasksPath, body);
    expect(answer).toMatchObject({ status: 400, body: { status: 400, errors: { [field]: [expect.any(String)] } } });
    expect(nimbus.state().triggers).toEqual([]);
  });

  it('answers 500 for a scheduler entry, whose definition declares no 400', async () => {
    expect(await post(entriesPath, { config: { ...entryConfig, services: [] } })).toMatchObject({
      status: 500,
      text: '',
    });
  });

  it('may list no event at all', async () => {
    expect((await post(tasksPath, { config: { ...taskConfig, taskEvents: [] } })).status).toBe(201);
  });
});

describe('lookups', () => {
  const named = { name: expect.any(String), value: expect.any(String) };
  it.each([
    ['/v1/tasks/service-contacts', expect.stringContaining('@')],
    ['/v1/tasks/events', named],
    ['/v1/tasks/modalities', named],
    ['/v1/tasks/directions', named],
    ['/v1/tasks/users-for-preferred-routing', expect.stringContaining('@')],
    ['/v1/scheduler-entries/service-contacts', expect.stringContaining('@')],
    ['/v1/scheduler-entries/events', named],
    ['/v1/scheduler-entries/distribution-priorities', named],
    ['/v1/ExternalTasks/service-contacts', expect.stringContaining('@')],
    ['/v1/ExternalTasks/distribution-priorities', named],
    ['/v2/AddressBooks', { name: expect.any(String), id: expect.any(String) }],
  ])('%s is a list', async (path, entry) => {
    const { status, body } = await call('GET', nimbus.baseUrl + path, { token });
    expect(status).toBe(200);
    expect(body).toEqual(expect.arrayContaining([entry]));
  });

  it('offers the services it was started with', async () => {
    const other = await startNimbusSimulator({ port: 0, services: ['one@corp.example'] });
    const answer = await call('GET', `${other.baseUrl}/v1/tasks/service-contacts`, { token });
    expect(answer.body).toEqual(['one@corp.example']);
    await other.close();
  });

  it('knows no other path', async () => {
    expect((await call('GET', `${nimbus.baseUrl}/v1/triggers/tasks`, { token })).status).toBe(404);
  });
});
