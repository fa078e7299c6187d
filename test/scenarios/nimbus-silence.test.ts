import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLastEvents } from '../../shared/nimbus-webhooks/last-events.ts';
import { createAzureTable } from '../../shared/storage/azure-table.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const HELPDESK = 'helpdesk@contoso.example';

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack({
    settings: {
      // Registrations are what counts here: the stack's own webhooks lead to the bridge.
      NIMBUS_CALLBACK_URL: 'http://127.0.0.1:9/api/nimbus',
      NIMBUS_CALLBACK_KEY: 'a-key',
      NIMBUS_SERVICES: HELPDESK,
      NIMBUS_QUIET_MINUTES: '60',
    },
  });
  await eventually(() => registrations() === 2, 'the registration at start');
});

afterAll(() => test?.stop());

/** Of the bridge, after those that the stack makes for the tests. */
const registrations = () =>
  test.simulators.nimbus.state().triggers.filter(({ config }) => config.url.startsWith('http://127.0.0.1:9/')).length;

const registrationCalls = () =>
  test.simulators.nimbus.requests().filter(({ method, path }) => method === 'POST' && path.startsWith('/v1/triggers/'))
    .length;

async function health() {
  const response = await fetch(`${test.stack.bridgeUrl}/api/health`);
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** Runs the timer function now. */
async function look() {
  const response = await fetch(`${test.stack.bridgeUrl}/admin/functions/watch-nimbus-silence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': test.stack.masterKey },
    body: '{}',
  });
  expect(response.status).toBe(202);
}

const silent = { healthy: false, parts: { bus: 'answers', table: 'answers', nimbus: 'silent' } };
const heard = { healthy: true, parts: { bus: 'answers', table: 'answers', nimbus: 'answers' } };

async function healthOf(status: number) {
  return eventually(async () => {
    const now = await health();
    return now.status === status ? now.body : undefined;
  }, `health ${status}`);
}

const alarms = (problem: string) =>
  test.lines.filter((line) => line.includes('alarm name=nimbus-silent') && line.includes(`problem=${problem}`));

describe('an account that loses its role', () => {
  it('makes the bridge say so, and the role that comes back has the webhooks registered anew', async () => {
    expect(await health()).toEqual({ status: 200, body: heard });
    const callsBefore = registrationCalls();

    test.simulators.nimbus.removeRole('TenantAdmin');
    await look();
    expect(await healthOf(503)).toEqual(silent);
    const [alarm] = await eventually(() => {
      const lines = alarms('role-lost');
      return lines.length > 0 ? lines : undefined;
    }, 'the alarm');
    expect(alarm).toContain('check that the account still has the role');
    expect(registrationCalls()).toBe(callsBefore);

    test.simulators.nimbus.grantRole('TenantAdmin');
    await look();
    expect(await healthOf(200)).toEqual(heard);
    expect(registrationCalls()).toBe(callsBefore + 2);
    expect(registrations()).toBe(2);
  });

  it('is noticed for one service too', async () => {
    test.simulators.nimbus.hide(HELPDESK);
    await look();
    expect(await healthOf(503)).toEqual(silent);
    await eventually(() => alarms('service-vanished').length > 0, 'the alarm');
    expect(alarms('service-vanished').join()).toContain('service 1 of NIMBUS_SERVICES');

    test.simulators.nimbus.show(HELPDESK);
    await look();
    expect(await healthOf(200)).toEqual(heard);
    expect(alarms('service-vanished').join()).not.toContain(HELPDESK);
  });
});

describe('an event of a service', () => {
  it('is remembered with the time at which it came', async () => {
    const { storageConnectionString } = test.stack;
    const lastEvents = createLastEvents({
      table: createAzureTable(async () =>
        TableClient.fromConnectionString(storageConnectionString, 'nimbussilence', { allowInsecureConnection: true }),
      ),
      services: [HELPDESK],
      clock: Date.now,
    });
    expect(await lastEvents.get(HELPDESK)).toBeUndefined();
    const startedMs = Date.now();
    const answer = await test.post('nimbus/tasks', { taskId: 't-1', event: 'Created', serviceUPN: HELPDESK });
    expect(answer.status).toBe(202);
    const atMs = await eventually(() => lastEvents.get(HELPDESK), 'the time of the event');
    expect(atMs).toBeGreaterThanOrEqual(startedMs);
    expect(atMs).toBeLessThanOrEqual(Date.now());
  });
});
