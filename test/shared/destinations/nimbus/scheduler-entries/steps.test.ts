import { describe, expect, it } from 'vitest';
import { schedulerEntrySteps } from '../../../../../shared/destinations/nimbus/scheduler-entries/steps.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { nimbus } from '../nimbus-under-test.ts';

const {
  'nimbus.scheduleCall': scheduleCall,
  'nimbus.updateSchedulerEntry': updateSchedulerEntry,
  'nimbus.removeSchedulerEntry': removeSchedulerEntry,
  'nimbus.getSchedulerEntries': getSchedulerEntries,
} = schedulerEntrySteps;

const smallest = {
  serviceUpn: 'sales@contoso.example',
  destination: '+441632960188',
  dueDateTimeUtc: '2025-03-05T09:00:00Z',
};

const everything = {
  ...smallest,
  referenceId: 'CAMP-7-0042',
  distributionPriority: 'High',
  maxAttempts: 3,
  attemptTimeoutInSeconds: 120,
  maxQueueTimeInSeconds: 300,
  ronaTimeoutInSeconds: 20,
  contextParameters: { Campaign: 'Spring' },
  customer: { firstName: 'Ada', upn: 'ada@northwind.example' },
};

const everythingOnTheWire = {
  ReferenceId: 'CAMP-7-0042',
  destination: '+441632960188',
  dueDateTimeUtc: '2025-03-05T09:00:00Z',
  serviceUpn: 'sales@contoso.example',
  distributionPriority: 'High',
  maxAttempts: 3,
  attemptTimeoutInSeconds: 120,
  maxQueueTimeInSeconds: 300,
  ronaTimeoutInSeconds: 20,
  customCallContextParameters: [{ name: 'Campaign', value: 'Spring' }],
  customer: { firstName: 'Ada', UPN: 'ada@northwind.example' },
};

const created = { json: { schedulerEntryId: 'entry-1', event: null } };

describe('nimbus.scheduleCall', () => {
  it('sends the smallest call with a reference of its own', async () => {
    const { net, client } = nimbus(created);
    expect(await run(scheduleCall, client, smallest)).toEqual({
      schedulerEntryId: 'entry-1',
      referenceId: DELIVERY_ID,
    });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', 'https://api.luware.example/v1/scheduler-entries']);
    expect(sent.body).toEqual({ ...smallest, ReferenceId: DELIVERY_ID });
  });

  it('sends every argument under its name on the wire', async () => {
    const { net, client } = nimbus(created);
    expect(await run(scheduleCall, client, everything)).toEqual({
      schedulerEntryId: 'entry-1',
      referenceId: 'CAMP-7-0042',
    });
    expect(net.only().body).toEqual(everythingOnTheWire);
  });

  it.each([
    ['2025-03-05T09:00:00Z', '2025-03-05T09:00:00Z'],
    ['2025-03-05T10:00:00+01:00', '2025-03-05T09:00:00Z'],
    ['2025-03-04T22:30+0530', '2025-03-04T17:00:00Z'],
    ['2025-03-05 09:00:00.1234567z', '2025-03-05T09:00:00.123Z'],
  ])('sends the due time %s as %s', async (dueDateTimeUtc, expected) => {
    const { net, client } = nimbus(created);
    await run(scheduleCall, client, { ...smallest, dueDateTimeUtc });
    expect(net.only().body).toMatchObject({ dueDateTimeUtc: expected });
  });

  it('takes an empty reference for none', async () => {
    const { client } = nimbus(created);
    expect(await run(scheduleCall, client, { ...smallest, referenceId: '' })).toMatchObject({
      referenceId: DELIVERY_ID,
    });
  });

  it('is not to be repeated blindly', () => {
    expect(prepared(scheduleCall, nimbus().client, smallest).repeatable).toBe(false);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ serviceUpn: undefined }, 'serviceUpn: Invalid input'],
    [
      { destination: '01632960188' },
      'destination: Invalid destination: expected a phone number with + and country code, or a UPN',
    ],
    [{ dueDateTimeUtc: '2025-03-05T09:00:00' }, 'dueDateTimeUtc: Invalid time: expected ISO 8601 with a time zone'],
    [{ dueDateTimeUtc: '2025-02-30T09:00:00Z' }, 'dueDateTimeUtc: Invalid time: expected ISO 8601 with a time zone'],
    [{ dueDateTimeUtc: 'tomorrow' }, 'dueDateTimeUtc: Invalid time: expected ISO 8601 with a time zone'],
    [{ maxAttempts: 0 }, 'maxAttempts: Too small'],
    [{ maxAttempts: 11 }, 'maxAttempts: Too big'],
    [{ attemptTimeoutInSeconds: 29 }, 'attemptTimeoutInSeconds: Too small'],
    [{ attemptTimeoutInSeconds: 86_401 }, 'attemptTimeoutInSeconds: Too big'],
    [{ maxQueueTimeInSeconds: 4 }, 'maxQueueTimeInSeconds: Too small'],
    [{ maxQueueTimeInSeconds: 3_601 }, 'maxQueueTimeInSeconds: Too big'],
    [{ ronaTimeoutInSeconds: 4 }, 'ronaTimeoutInSeconds: Too small'],
    [{ ronaTimeoutInSeconds: 31 }, 'ronaTimeoutInSeconds: Too big'],
    [{ ronaTimeoutInSeconds: 5.5 }, 'ronaTimeoutInSeconds: Invalid input'],
    [{ preferredUsers: [] }, 'arguments: Unrecognized key: "preferredUsers"'],
  ])('refuses %j', (change, problem) => {
    const problems = problemsOf(scheduleCall, nimbus().client, { ...smallest, ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });
});

describe('asking Nimbus for an earlier attempt to schedule a call', () => {
  const entry = {
    schedulerEntryId: 'entry-1',
    ReferenceId: DELIVERY_ID,
    destination: '+441632960188',
    dueDateTimeUtc: '2025-03-05T09:00:00.000Z',
  };

  it('finds it by its reference among the calls of the service, in whatever casing', async () => {
    const { net, client } = nimbus({
      json: [{ schedulerEntryId: 'entry-0' }, { SCHEDULERENTRYID: 'entry-1', referenceID: DELIVERY_ID }],
    });
    expect(await findExisting(scheduleCall, client, smallest)).toEqual({
      schedulerEntryId: 'entry-1',
      referenceId: DELIVERY_ID,
    });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual([
      'GET',
      'https://api.luware.example/v1/scheduler-entries?serviceUpn=sales%40contoso.example',
    ]);
  });

  it('knows its own reference whatever became of the entry', async () => {
    const { client } = nimbus({ json: [{ ...entry, destination: 'tel:441632960188', dueDateTimeUtc: null }] });
    expect(await findExisting(scheduleCall, client, smallest)).toMatchObject({ schedulerEntryId: 'entry-1' });
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    ['the same call', {}, true],
    ['the same time in another zone', { dueDateTimeUtc: '2025-03-05T10:00:00+01:00' }, true],
    ['an entry that shows nothing of itself', { destination: null, dueDateTimeUtc: null }, true],
    ['a call to somebody else', { destination: '+441632960177' }, false],
    ['a call at another time', { dueDateTimeUtc: '2025-03-12T09:00:00Z' }, false],
    ['another reference', { ReferenceId: 'CAMP-7-0043' }, false],
  ])('with a reference of the route: %s', async (_what, change, isFound) => {
    const { client } = nimbus({ json: [{ ...entry, ReferenceId: 'CAMP-7-0042', ...change }] });
    const found = await findExisting(scheduleCall, client, { ...smallest, referenceId: 'CAMP-7-0042' });
    expect(found !== undefined).toBe(isFound);
  });

  it('learns nothing from an outage', async () => {
    const { client } = nimbus({ status: 504 });
    expect(await failureOf(findExisting(scheduleCall, client, smallest))).toMatchObject({ name: 'TransientError' });
  });
});

describe('nimbus.updateSchedulerEntry', () => {
  it('sends the whole entry, with no reference but the one given', async () => {
    const { net, client } = nimbus(created, created);
    await run(updateSchedulerEntry, client, { schedulerEntryId: 'entry/1', ...everything });
    expect(await run(updateSchedulerEntry, client, { schedulerEntryId: 'entry/1', ...smallest })).toEqual({
      schedulerEntryId: 'entry-1',
    });
    expect(net.requests.map(({ method, url }) => [method, url.pathname])).toEqual([
      ['PUT', '/v1/scheduler-entries/entry%2F1'],
      ['PUT', '/v1/scheduler-entries/entry%2F1'],
    ]);
    expect(net.requests.map(({ body }) => body)).toEqual([everythingOnTheWire, smallest]);
  });

  it('gives up an entry that Nimbus does not know', async () => {
    const { client } = nimbus({ status: 404 });
    expect(
      await failureOf(run(updateSchedulerEntry, client, { schedulerEntryId: 'entry-1', ...smallest })),
    ).toMatchObject({ name: 'PermanentError', httpStatus: 404 });
  });

  it('may be repeated', () => {
    const args = { schedulerEntryId: 'entry-1', ...smallest };
    expect(prepared(updateSchedulerEntry, nimbus().client, args).repeatable).toBe(true);
  });

  it.each([
    [smallest, 'schedulerEntryId'],
    [{ schedulerEntryId: 'entry-1' }, 'serviceUpn'],
  ])('refuses %j', (args, missing) => {
    expect(problemsOf(updateSchedulerEntry, nimbus().client, args)[0]).toContain(`${missing}: Invalid input`);
  });
});

describe('nimbus.removeSchedulerEntry', () => {
  const args = { schedulerEntryId: 'entry/1' };

  it.each([
    [200, 'removed'],
    [404, 'gone'],
  ])('answered %i: %s', async (status, outcome) => {
    const { net, client } = nimbus({ status });
    expect(await run(removeSchedulerEntry, client, args)).toEqual({ outcome });
    const sent = net.only();
    expect([sent.method, sent.url.pathname]).toEqual(['DELETE', '/v1/scheduler-entries/entry%2F1']);
  });

  it.each([400, 409])('gives up an entry that is in progress, answered %i', async (status) => {
    const { client } = nimbus({ status });
    expect(await failureOf(run(removeSchedulerEntry, client, args))).toMatchObject({
      name: 'PermanentError',
      httpStatus: status,
      message: `Nimbus answered ${status} to "delete scheduler entry": only before it is in progress can an entry be removed`,
    });
  });

  it('does not take a redirect for a refusal', async () => {
    const { client } = nimbus({ status: 302 });
    expect((await failureOf(run(removeSchedulerEntry, client, args))).message).toBe(
      'Nimbus answered 302 to "delete scheduler entry"',
    );
  });

  it('tries again after an outage', async () => {
    const { client } = nimbus({ status: 500 });
    expect(await failureOf(run(removeSchedulerEntry, client, args))).toMatchObject({ name: 'TransientError' });
  });

  it('may be repeated', () => {
    expect(prepared(removeSchedulerEntry, nimbus().client, args).repeatable).toBe(true);
  });
});

describe('nimbus.getSchedulerEntries', () => {
  const { serviceUpn } = smallest;
  const json = [
    {
      schedulerEntryId: 'entry-1',
      ReferenceId: 'a',
      Destination: '+441632960188',
      newKey: 1,
      customer: { UPN: 'x@y' },
    },
    { schedulerEntryId: 'entry-2', ReferenceId: null },
  ];
  const first = {
    schedulerEntryId: 'entry-1',
    referenceId: 'a',
    destination: '+441632960188',
    newKey: 1,
    customer: { upn: 'x@y' },
  };

  it.each<[Record<string, unknown>, unknown[]]>([
    [{}, [first, { schedulerEntryId: 'entry-2' }]],
    [{ referenceId: 'a' }, [first]],
    [{ referenceId: 'b' }, []],
  ])('with %j gives entries as the webhook has them', async (more, entries) => {
    const { client } = nimbus({ json });
    expect(await run(getSchedulerEntries, client, { serviceUpn, ...more })).toEqual({ entries });
  });

  it('gives up when there are too many to hand on', async () => {
    const many: PlannedAnswer = {
      json: Array.from({ length: 300 }, (_, index) => ({
        schedulerEntryId: `e-${index}`,
        destination: 'x'.repeat(90),
      })),
    };
    const { client } = nimbus(many, many);
    expect(await failureOf(run(getSchedulerEntries, client, { serviceUpn }))).toMatchObject({
      name: 'PermanentError',
      message: 'Nimbus has too many scheduled calls: give a referenceId',
    });
    expect(await run(getSchedulerEntries, client, { serviceUpn, referenceId: 'a' })).toEqual({ entries: [] });
  });

  it('may be repeated', () => {
    expect(prepared(getSchedulerEntries, nimbus().client, { serviceUpn }).repeatable).toBe(true);
  });
});
