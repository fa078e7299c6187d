import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { lucs } from '../../../infra/tools/lucs.ts';
import { TransientError } from '../../../shared/errors.ts';
import { fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';

const SERVICE = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
const settings = { LUCS_BASE_URL: 'https://lucs.example', LUCS_API_KEY: 'key-1', CRM_BASE_URL: 'nonsense' };

async function print(args: readonly string[], ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const lines: string[] = [];
  const isFine = await lucs(args, settings, { print: (line) => lines.push(line), fetch: net.fetch });
  return { isFine, text: lines.join('\n'), net };
}

const services = [
  { Id: SERVICE, DisplayName: 'Support', SipUri: 'sip:support@corp.example', More: 1 },
  { Id: '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70', DisplayName: null },
];
const tasks = [
  {
    Id: 't1',
    ExternalTaskId: 'crm-1',
    State: 'Established',
    Created: '05.03.2025 14:07:00.1234567Z',
    CustomerIdentifier: 'Erika Muster',
    ReservedUserObject: { SipUri: 'sip:a.berg@corp.example' },
  },
  { Id: 't2' },
];
const callbacks = [
  { Id: 'c1', ExternalTaskId: 'crm-2', State: 'Pending', DueDate: '05.03.2025 15:00:00', Target: 'tel:+41315550123' },
  { Id: 'c2', Priority: 'High', ServiceId: SERVICE, RetryCount: 2 },
];

describe('lucs services', () => {
  it('prints what routes name', async () => {
    const { isFine, text, net } = await print(['services'], { json: services });
    expect(isFine).toBe(true);
    expect(text).toBe(
      [
        'id                                    name     sip',
        `${SERVICE}  Support  sip:support@corp.example`,
        '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70',
      ].join('\n'),
    );
    expect(net.only().url.href).toBe('https://lucs.example/v1.0/services');
    expect(net.only().headers).toMatchObject({ authorization: 'Bearer key-1' });
  });

  it('prints the agents of one', async () => {
    const json = [{ Id: 'u1', SipUri: 'sip:a.berg@corp.example', DisplayName: 'Anna Berg' }, { SipUri: 'sip:b@c' }];
    const { text, net } = await print(['services', '--users', SERVICE], { json });
    expect(text).toBe('sip                      name       id\nsip:a.berg@corp.example  Anna Berg  u1\nsip:b@c');
    expect(net.only().url.pathname).toBe(`/v1.0/services/${SERVICE}/users`);
  });

  it('prints all that LUCS says as JSON', async () => {
    expect(JSON.parse((await print(['services', '--json'], { json: services })).text)).toEqual(services);
  });
});

describe('lucs tasks', () => {
  it('prints the tasks of a service', async () => {
    const { text, net } = await print(['tasks', '--service', SERVICE], { json: tasks });
    expect(text).toBe(
      [
        'id  externalId  state        created                   customer      agent',
        't1  crm-1       Established  2025-03-05T14:07:00.123Z  Erika Muster  sip:a.berg@corp.example',
        't2',
      ].join('\n'),
    );
    expect(net.only().url.pathname).toBe(`/v1.0/services/${SERVICE}/tasks`);
  });

  it('prints them as JSON, as steps give them', async () => {
    const { text } = await print(['tasks', `--service=${SERVICE}`, '--json'], { json: tasks });
    expect(JSON.parse(text)).toMatchObject([{ taskId: 't1', externalTaskId: 'crm-1' }, { taskId: 't2' }]);
  });

  it('says when there are none', async () => {
    expect((await print(['tasks', '--service', SERVICE], { json: [] })).text).toBe('(none)');
  });
});

describe('lucs callbacks', () => {
  it('prints callbacks', async () => {
    const { text, net } = await print(['callbacks'], { json: callbacks });
    expect(text).toBe(
      [
        'id  externalId  state    due                       target            priority  service                               tries',
        'c1  crm-2       Pending  2025-03-05T15:00:00.000Z  tel:+41315550123',
        `c2                                                                   High      ${SERVICE}  2`,
      ].join('\n'),
    );
    expect(net.only().body).toEqual({ Limit: 50 });
  });

  it('prints those that fit', async () => {
    const args = ['--state', 'Pending', '--service', SERVICE, '--external-id', 'crm-2', '--limit', '1', '--json'];
    const { text, net } = await print(['callbacks', ...args], { json: callbacks });
    expect(net.only().body).toEqual({ State: 'Pending', ServiceId: SERVICE, ExternalTaskId: 'crm-2', Limit: 1 });
    expect(JSON.parse(text)).toHaveLength(1);
  });
});

describe('lucs', () => {
  it.each([
    [],
    ['tariffs'],
    ['--json'],
    ['services', 'now'],
    ['services', '--all'],
    ['services', '--users'],
    ['tasks'],
    ['tasks', '--json=yes', '--service', SERVICE],
    ['callbacks', '--limit', '0'],
    ['callbacks', '--limit', 'ten'],
  ])('explains itself when it is called as %j', async (...args) => {
    const { isFine, text, net } = await print(args);
    expect(isFine).toBe(false);
    expect(text).toContain('Usage: npm run lucs -- services | tasks | callbacks');
    expect(net.requests).toEqual([]);
  });

  it("fails with the client's own errors", async () => {
    await expect(print(['services'], { status: 503 })).rejects.toThrow(TransientError);
    await expect(print(['callbacks', '--service', 'support'])).rejects.toThrow('ServiceId: Invalid GUID');
  });

  it('needs the address of LUCS', async () => {
    await expect(lucs(['services'], {}, { print: () => undefined })).rejects.toThrow('LUCS_BASE_URL is missing');
  });
});

describe('npm run lucs', () => {
  it('ends with exit code 1 and one clear message when LUCS can not be reached', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve(import.meta.dirname, '../../../infra/tools/lucs.ts'), 'services'],
      { env: { ...process.env, LUCS_BASE_URL: 'http://127.0.0.1:1' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const exit = new Promise((done) => child.once('exit', done));
    const errors = await text(child.stderr);
    expect(await exit).toBe(1);
    expect(errors).toBe('LUCS could not be reached for "get services"\n');
  });
});
