import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addressBooks } from '../../../../../infra/local/simulators/nimbus/lookups.ts';
import { startNimbusSimulator } from '../../../../../infra/local/simulators/nimbus/simulator.ts';
import { call } from '../call.ts';
import { helpdesk, type NimbusUnderTest, sales, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const status = async (method: string, path: string, body?: unknown) => (await test.send(method, path, body)).status;

describe('an account that loses its role', () => {
  const calls: [string, string, unknown?][] = [
    ['PUT', '/v1/tasks/t-1', {}],
    ['POST', '/v1/ExternalTasks', { serviceUpn: helpdesk }],
    ['DELETE', '/v1/ExternalTasks/t-1'],
    ['POST', '/v1/triggers/tasks', {}],
    ['DELETE', '/v1/triggers/tasks/t-1'],
    ['GET', `/v1/scheduler-entries?serviceUpn=${sales}`],
    ['POST', '/v1/scheduler-entries', {}],
    ['PUT', '/v1/scheduler-entries/e-1', {}],
    ['DELETE', '/v1/scheduler-entries/e-1'],
    ['POST', '/v1/triggers/scheduler-entries', {}],
    ['DELETE', '/v1/triggers/scheduler-entries/t-1'],
    ['GET', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts`],
    ['POST', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts`, {}],
    ['PUT', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts`, {}],
    ['POST', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts/delete`, []],
    ['POST', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts/clear`],
    ['GET', '/v1/diagnostics/testconnection'],
  ];

  it.each(calls)('is refused %s %s with 403', async (method, path, body) => {
    expect(await status(method, path, body)).not.toBe(403);
    test.nimbus.removeRole('TenantAdmin');
    expect(await status(method, path, body)).toBe(403);
  });

  it('finds its lists empty and the enumerations as they were', async () => {
    test.nimbus.removeRole('TenantAdmin');
    for (const path of [
      '/v1/tasks/service-contacts',
      '/v1/tasks/users-for-preferred-routing',
      '/v1/scheduler-entries/service-contacts',
      '/v1/ExternalTasks/service-contacts',
      '/v2/AddressBooks',
    ]) {
      expect(await test.send('GET', path)).toMatchObject({ status: 200, body: [] });
    }
    expect((await test.send('GET', '/v1/tasks/events')).body).not.toEqual([]);
  });

  it('hears nothing more, and again when the role is back', async () => {
    await test.listen();
    test.nimbus.startTask();
    expect(await test.heardEvents()).toEqual(['Created']);
    test.nimbus.removeRole('TenantAdmin');
    test.nimbus.startTask({ serviceUpn: helpdesk });
    expect(await test.heardEvents()).toEqual([]);
    expect(test.nimbus.state().triggers).toHaveLength(2);
    test.nimbus.grantRole('ServiceOwner');
    test.nimbus.startTask();
    expect(await test.heardEvents()).toEqual(['Created']);
  });

  it('keeps what another role gives it', async () => {
    test.nimbus.removeRole('TenantAdmin');
    test.nimbus.grantRole('OuAdmin');
    expect(await status('GET', `/v2/AddressBooks/${addressBooks[0]?.id}/contacts`)).toBe(200);
    expect(await status('POST', '/v1/ExternalTasks', { serviceUpn: helpdesk })).toBe(403);
    expect(await status('GET', '/v1/diagnostics/testconnection')).toBe(200);
  });

  it('can lose one service alone', async () => {
    await test.listen();
    test.nimbus.hide(helpdesk);
    expect((await test.send('GET', '/v1/tasks/service-contacts')).body).not.toContain(helpdesk);
    test.nimbus.startTask({ serviceUpn: helpdesk });
    const { id } = test.nimbus.startTask({ serviceUpn: sales });
    expect(await test.heard()).toMatchObject([{ taskId: id }]);
    expect(await status('POST', '/v1/ExternalTasks', { serviceUpn: helpdesk })).toBe(403);
  });
});

describe('the body of a refusal', () => {
  it.each([
    ['json', 404, { detail: 'The task was not found.', status: 404 }, 'application/json; charset=utf-8'],
    ['text', 404, undefined, 'text/plain; charset=utf-8'],
    ['empty', 404, undefined, null],
  ] as const)('is %s when set so', async (errorBodies, expectedStatus, body, contentType) => {
    test.nimbus.behave({ errorBodies });
    const answer = await test.send('PUT', '/v1/tasks/other', {});
    expect(answer.status).toBe(expectedStatus);
    expect(answer.headers.get('content-type')).toBe(contentType);
    if (body !== undefined) expect(answer.body).toMatchObject(body);
    else expect(answer.text).toBe(errorBodies === 'text' ? 'The task was not found.' : '');
  });
});

describe('the call limit', () => {
  const path = '/v1/tasks/directions';
  const calls = (count: number) => Promise.all(Array.from({ length: count }, () => status('GET', path)));

  it('is counted in a sliding window of 60 seconds, planned answers included', async () => {
    await calls(40);
    test.clock.nowMs += 30_000;
    test.nimbus.answerNext({ status: 504, times: 10 });
    await calls(30);
    test.clock.nowMs += 30_000;
    await calls(20);
    expect(test.nimbus.state().highestCallsPerMinute).toBe(70);
    await calls(21);
    expect(test.nimbus.state().highestCallsPerMinute).toBe(71);
  });

  it('is not enforced unless told so', async () => {
    expect(new Set(await calls(101))).toEqual(new Set([200]));
    expect(test.nimbus.state().highestCallsPerMinute).toBe(101);
  });

  it('answers 429 with the seconds to wait, until there is room', async () => {
    test.nimbus.behave({ callLimit: 'withRetryAfter' });
    await calls(60);
    test.clock.nowMs += 20_500;
    await calls(40);
    const refused = await test.send('GET', path);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('40');
    test.clock.nowMs += 39_500;
    expect((await calls(61)).filter((answer) => answer === 429)).toHaveLength(1);
  });

  it('can keep the seconds to itself', async () => {
    test.nimbus.behave({ callLimit: 'withoutRetryAfter' });
    await calls(100);
    const refused = await test.send('GET', path);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBeNull();
  });

  it('is one for each token', async () => {
    const nimbus = await startNimbusSimulator({
      port: 0,
      token: ['one', 'two'],
      clock: () => 0,
      behaviour: { callLimit: 'withRetryAfter' },
    });
    const statuses = (token: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, async () => (await call('GET', nimbus.baseUrl + path, { token })).status),
      );
    expect(new Set(await statuses('one', 100))).toEqual(new Set([200]));
    expect(await statuses('two', 1)).toEqual([200]);
    expect(await statuses('one', 1)).toEqual([429]);
    expect(nimbus.state().highestCallsPerMinute).toBe(101);
    await nimbus.close();
  });
});

it('a 504 comes on command, with or without the effect', async () => {
  test.nimbus.answerNext({ match: { method: 'POST' }, status: 504 }, { status: 504, afterEffect: true });
  expect(await status('POST', '/v1/ExternalTasks', { serviceUpn: helpdesk })).toBe(504);
  expect(test.nimbus.state().tasks).toHaveLength(0);
  expect(await status('POST', '/v1/ExternalTasks', { serviceUpn: helpdesk })).toBe(504);
  expect(test.nimbus.state().tasks).toHaveLength(1);
});
