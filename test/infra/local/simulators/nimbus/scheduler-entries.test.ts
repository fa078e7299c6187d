import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nimbusSchedulerEntrySchema } from '../../../../../shared/events/nimbus-scheduler-entry.ts';
import * as z from '../../../../../shared/zod.ts';
import { placesOf, publishedObject } from '../../../../helpers/published-definition.ts';
import { helpdesk, type NimbusUnderTest, sales, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

const path = '/v1/scheduler-entries';
const entry = {
  ReferenceId: 'CAMP-7-0042',
  destination: '+441632960188',
  dueDateTimeUtc: '2026-03-06T10:10:00Z',
  serviceUpn: sales,
  customCallContextParameters: [{ name: 'Campaign', value: 'Spring' }],
  customer: { firstName: 'Ada' },
};
const untilDueMs = 10 * 60_000;

async function schedule(changes: object = {}): Promise<string> {
  const answer = await test.send('POST', path, { ...entry, ...changes });
  return z.object({ schedulerEntryId: z.string() }).parse(answer.body).schedulerEntryId;
}

function outboundTask(): string {
  return test.nimbus.state().tasks.at(-1)?.id ?? '';
}

function entryAndTaskEvents(heard: readonly Record<string, unknown>[]): string[] {
  return heard.map((payload) => `${'schedulerEntryId' in payload ? 'entry' : 'task'} ${payload.event}`);
}

/** Callbacks of the two webhooks go their ways side by side: only the order within each is certain. */
function bySide(heard: readonly Record<string, unknown>[]): { entry: unknown[]; task: unknown[] } {
  const events = (isEntry: boolean) =>
    heard.filter((payload) => 'schedulerEntryId' in payload === isEntry).map(({ event }) => event);
  return { entry: events(true), task: events(false) };
}

describe('a scheduler entry', () => {
  it('is created with the published defaults, listed for its service, replaced and removed', async () => {
    await test.listen();
    const created = await test.send('POST', path, entry);
    const expected = {
      schedulerEntryId: expect.any(String),
      event: 'Created',
      direction: 'Outbound',
      modality: 'Audio',
      ...entry,
      maxAttempts: 1,
      attemptTimeoutInSeconds: 3_600,
      maxQueueTimeInSeconds: 300,
      ronaTimeoutInSeconds: 20,
    };
    expect(created).toMatchObject({ status: 200, body: expected });
    const list = async (upn: string) => (await test.send('GET', `${path}?serviceUpn=${encodeURIComponent(upn)}`)).body;
    expect(await list(sales.toUpperCase())).toEqual([expected]);
    expect(await list(helpdesk)).toEqual([]);

    const { schedulerEntryId } = z.object({ schedulerEntryId: z.string() }).parse(created.body);
    const { customer, customCallContextParameters, ReferenceId, ...rest } = entry;
    const replaced = await test.send('PUT', `${path}/${schedulerEntryId}`, { ...rest, maxAttempts: 3 });
    expect(replaced).toMatchObject({ status: 200, body: { schedulerEntryId, event: 'Updated', maxAttempts: 3 } });
    expect(replaced.body).not.toHaveProperty('customer');

    expect((await test.send('DELETE', `${path}/${schedulerEntryId}`)).status).toBe(200);
    expect((await test.send('DELETE', `${path}/${schedulerEntryId}`)).status).toBe(404);
    expect(await list(sales)).toEqual([]);
    expect(await test.heardEvents()).toEqual(['Created', 'Updated', 'Deleted']);
  });

  it('is dialled when it is due: an agent first, then the destination, and completes', async () => {
    await test.listen();
    const id = await schedule();
    test.nimbus.advance(untilDueMs - 1);
    expect(entryAndTaskEvents(await test.heard())).toEqual(['entry Created']);

    test.nimbus.advance(1);
    const task = outboundTask();
    test.nimbus.moveTask(task, { move: 'ring' });
    test.nimbus.moveTask(task, { move: 'userAccepted' });
    test.nimbus.moveTask(task, { move: 'answer' });
    test.nimbus.moveTask(task, { move: 'setParameter', name: 'Result', value: 'Interested' });
    test.nimbus.moveTask(task, { move: 'terminate' });
    const heard = await test.heard();
    expect(bySide(heard)).toEqual({
      entry: ['InProgress', 'Completed'],
      task: [
        'Created',
        'QueueEntered',
        'UserRinging',
        'UserAccepted',
        'DialingOut',
        'ParameterUpdated',
        'TaskTerminated',
      ],
    });
    expect(heard.findLast((payload) => 'taskId' in payload)).toMatchObject({
      taskId: task,
      direction: 'Outbound',
      referenceId: 'CAMP-7-0042',
      destinationTelNumber: '+441632960188',
      outboundAttempt: 1,
      isAnonymous: false,
      created: '2026-03-06T10:10:00.000Z',
      taskInformation: { customer: { firstName: 'Ada' } },
    });
    expect(heard.findLast((payload) => 'schedulerEntryId' in payload)).toMatchObject({
      schedulerEntryId: id,
      ReferenceId: 'CAMP-7-0042',
      unifiedConversationId: expect.any(String),
      completionReason: 'Successful',
      customCallContextParameters: [
        { name: 'Campaign', value: 'Spring' },
        { name: 'Result', value: 'Interested' },
      ],
    });
  });

  it('reaches its limit when nobody is free in time', async () => {
    await test.listen();
    await schedule({ maxQueueTimeInSeconds: 60 });
    test.nimbus.advance(untilDueMs + 60_000);
    const heard = await test.heard();
    expect(bySide(heard)).toEqual({
      entry: ['Created', 'InProgress', 'Completed'],
      task: ['Created', 'QueueEntered', 'TaskTerminated'],
    });
    expect(heard.find(({ event }) => event === 'TaskTerminated')).toMatchObject({
      terminated: '2026-03-06T10:11:00.000Z',
    });
    expect(heard.find(({ event }) => event === 'Completed')).toMatchObject({ completionReason: 'LimitReached' });
  });

  it('goes from one user to the next after the RONA time-out, which the queue time outlives', async () => {
    await test.listen();
    await schedule({ maxQueueTimeInSeconds: 30, ronaTimeoutInSeconds: 20 });
    test.nimbus.advance(untilDueMs);
    test.nimbus.moveTask(outboundTask(), { move: 'ring' });
    test.nimbus.advance(20_000);
    expect(test.nimbus.state().tasks).toMatchObject([{ state: 'InQueue' }]);
    test.nimbus.moveTask(outboundTask(), { move: 'ring' });
    test.nimbus.advance(20_000);
    expect(test.nimbus.state().tasks).toMatchObject([{ state: 'Terminated' }]);
    expect(bySide(await test.heard())).toEqual({
      entry: ['Created', 'InProgress', 'Completed'],
      task: ['Created', 'QueueEntered', 'UserRinging', 'Rona', 'UserRinging', 'Rona', 'TaskTerminated'],
    });
  });

  it('is tried again until its attempts are used up', async () => {
    await test.listen();
    await schedule({ maxAttempts: 2, attemptTimeoutInSeconds: 30 });
    test.nimbus.advance(untilDueMs);
    const task = outboundTask();
    const agentTakesIt = () => {
      test.nimbus.moveTask(task, { move: 'ring' });
      test.nimbus.moveTask(task, { move: 'userAccepted' });
    };
    agentTakesIt();
    test.nimbus.moveTask(task, { move: 'noAnswer' });
    agentTakesIt();
    test.nimbus.advance(30_000);
    const heard = await test.heard();
    expect(bySide(heard)).toEqual({
      entry: ['Created', 'InProgress', 'AttemptFailed', 'Completed'],
      task: [
        ...['Created', 'QueueEntered', 'UserRinging', 'UserAccepted', 'DialingOut'],
        ...['QueueEntered', 'UserRinging', 'UserAccepted', 'DialingOut', 'TaskTerminated'],
      ],
    });
    expect(heard.filter(({ event }) => event === 'DialingOut')).toMatchObject([
      { outboundAttempt: 1 },
      { outboundAttempt: 2 },
    ]);
    expect(heard.find(({ event }) => event === 'Completed')).toMatchObject({ completionReason: 'LimitReached' });
  });

  it('is cancelled when its task ends before anybody was reached', async () => {
    await test.listen();
    await schedule({ destination: 'nora.blake@northwind.example' });
    test.nimbus.advance(untilDueMs);
    test.nimbus.moveTask(outboundTask(), { move: 'terminate' });
    const heard = await test.heard();
    expect(heard.find(({ event }) => event === 'Completed')).toMatchObject({ completionReason: 'Cancelled' });
    expect(heard.find(({ event }) => event === 'TaskTerminated')).toMatchObject({
      destinationUPN: 'nora.blake@northwind.example',
    });
  });

  it('has no limit any more once the destination was reached, and the call is handed on', async () => {
    await schedule();
    test.nimbus.advance(untilDueMs);
    const task = outboundTask();
    for (const move of ['ring', 'userAccepted', 'answer', 'transfer', 'accept', 'queue'] as const) {
      test.nimbus.moveTask(task, { move });
    }
    test.nimbus.advance(24 * 3_600_000);
    for (const move of ['ring', 'userAccepted', 'terminate'] as const) test.nimbus.moveTask(task, { move });
    expect(test.nimbus.state()).toMatchObject({
      schedulerEntries: [{ state: 'Completed', completionReason: 'Successful' }],
      tasks: [{ outboundAttempt: 1 }],
    });
  });

  it('is due at once when its time is past', async () => {
    await schedule({ dueDateTimeUtc: '2020-03-23T11:00:00+01:00' });
    expect(test.nimbus.state()).toMatchObject({
      schedulerEntries: [{ state: 'InProgress' }],
      tasks: [{ state: 'InQueue' }],
    });
  });

  it('is noticed to be due without a call', async () => {
    await test.listen();
    await schedule();
    test.clock.nowMs += untilDueMs;
    await expect.poll(() => test.received.map(({ event }) => event)).toContain('InProgress');
  });

  it('can be neither changed nor removed once it is in progress or over', async () => {
    const id = await schedule();
    test.nimbus.advance(untilDueMs);
    const both = async () => [
      (await test.send('PUT', `${path}/${id}`, entry)).status,
      (await test.send('DELETE', `${path}/${id}`)).status,
    ];
    expect(await both()).toEqual([400, 400]);
    test.nimbus.advance(3_600_000);
    expect(test.nimbus.state().schedulerEntries).toMatchObject([{ state: 'Completed' }]);
    expect(await both()).toEqual([400, 400]);
  });

  it('carries published keys only', async () => {
    await test.listen();
    await schedule({ extra: 1 });
    test.nimbus.advance(2 * untilDueMs);
    const published = new Set(placesOf(publishedObject('SchedulerEntryEventData')).map(({ keys }) => keys[0]));
    const payloads = (await test.heard()).filter((payload) => 'schedulerEntryId' in payload);
    expect(payloads).toHaveLength(3);
    for (const payload of payloads) {
      expect(Object.keys(payload).filter((key) => !published.has(key))).toEqual([]);
      expect(nimbusSchedulerEntrySchema.safeParse(payload).success).toBe(true);
    }
  });

  it.each<[string, object, string]>([
    ['no destination', { destination: undefined }, 'destination'],
    ['an empty destination', { destination: '' }, 'destination'],
    ['no due time', { dueDateTimeUtc: undefined }, 'dueDateTimeUtc'],
    ['a due time without a zone', { dueDateTimeUtc: '2026-03-06T10:10:00' }, 'dueDateTimeUtc'],
    ['no service', { serviceUpn: undefined }, 'serviceUpn'],
    ['no attempt', { maxAttempts: 0 }, 'maxAttempts'],
    ['eleven attempts', { maxAttempts: 11 }, 'maxAttempts'],
    ['an attempt of 29 s', { attemptTimeoutInSeconds: 29 }, 'attemptTimeoutInSeconds'],
    ['an attempt of more than a day', { attemptTimeoutInSeconds: 86_401 }, 'attemptTimeoutInSeconds'],
    ['a queue time of 4 s', { maxQueueTimeInSeconds: 4 }, 'maxQueueTimeInSeconds'],
    ['a queue time of more than an hour', { maxQueueTimeInSeconds: 3_601 }, 'maxQueueTimeInSeconds'],
    ['a RONA time-out of 4 s', { ronaTimeoutInSeconds: 4 }, 'ronaTimeoutInSeconds'],
    ['a RONA time-out of 31 s', { ronaTimeoutInSeconds: 31 }, 'ronaTimeoutInSeconds'],
    ['a RONA time-out that is no whole number', { ronaTimeoutInSeconds: 5.5 }, 'ronaTimeoutInSeconds'],
    ['a priority that is none', { distributionPriority: 'Urgent' }, 'distributionPriority'],
  ])('answers 400 for %s, when created and when changed', async (_name, changes, field) => {
    const id = await schedule();
    const wrong = { ...entry, ...changes };
    const refused = { status: 400, body: { errors: { [field]: [expect.any(String)] } } };
    expect(await test.send('POST', path, wrong)).toMatchObject(refused);
    expect(await test.send('PUT', `${path}/${id}`, wrong)).toMatchObject(refused);
    expect(test.nimbus.state().schedulerEntries).toMatchObject([{ event: 'Created', request: entry }]);
  });

  it('takes the limits themselves', async () => {
    for (const limits of [
      { maxAttempts: 1, attemptTimeoutInSeconds: 30, maxQueueTimeInSeconds: 5, ronaTimeoutInSeconds: 5 },
      { maxAttempts: 10, attemptTimeoutInSeconds: 86_400, maxQueueTimeInSeconds: 3_600, ronaTimeoutInSeconds: 30 },
    ]) {
      expect((await test.send('POST', path, { ...entry, ...limits })).status).toBe(200);
    }
  });

  it('answers 403 for a service without scheduling, 400 for a list of no service, 404 for an unknown entry', async () => {
    const care = 'care@contoso.example';
    expect((await test.send('POST', path, { ...entry, serviceUpn: care })).status).toBe(403);
    expect((await test.send('GET', `${path}?serviceUpn=${care}`)).status).toBe(403);
    expect((await test.send('GET', path)).status).toBe(400);
    expect((await test.send('PUT', `${path}/other`, entry)).status).toBe(404);
    const id = await schedule();
    expect((await test.send('PUT', `${path}/${id}`, { ...entry, serviceUpn: care })).status).toBe(403);
  });
});
