import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../../shared/destinations/acd/steps.ts';
import { PermanentError, TransientError } from '../../../../../shared/errors.ts';
import type { PlannedAnswer } from '../../../../helpers/fake-fetch.ts';
import { DELIVERY_ID, failureOf, findExisting, prepared, problemsOf, run } from '../../bound-step.ts';
import { acd, acdWith, line, missing, shortList } from '../acd-under-test.ts';

const createEvent = acdSteps['acd.createEvent'];

const types = (...texts: string[]) => ({
  json: {
    filter: '',
    limitStart: 0,
    limitPageSize: -1,
    records: texts.map((text, index) => ({ ShortText: `AcdEventTypes.${text}`, ID: index + 1 })),
    count: texts.length,
    orderBy: 'ID',
    ascending: true,
    status: 200,
  },
});

const created = (parts: Record<string, unknown> = {}) => ({
  json: { records: [{ SkillsValue1: null, UserData: DELIVERY_ID, ID: 90240, ...parts }], count: 1, status: 200 },
});

const smallest = { type: 3, groupId: 41, sender: 'helpdesk@example.com', subject: 'Call back' };

describe('acd.createEvent', () => {
  it('sends the smallest event with its defaults', async () => {
    const { net, client } = acd(created());
    expect(await run(createEvent, client, smallest)).toEqual({ eventId: 90240, outcome: 'created' });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['POST', 'https://acd.example/rest/v1.0/7/acd/events/create']);
    expect(sent.headers).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: 'Bearer token-1',
    });
    expect(sent.body).toEqual({
      AcdEventTypesID: 3,
      AcdGroupsID: 41,
      Sender: 'helpdesk@example.com',
      Subject: 'Call back',
      UserData: DELIVERY_ID,
      nPriority: 50,
    });
  });

  it('sends every argument under its name on the wire, with the target as a pair', async () => {
    const { net, client } = acd(created());
    await run(createEvent, client, {
      type: 3,
      configurationGroupId: 60,
      agentGroupId: 61,
      userId: 118,
      sender: '+4917139200033',
      receiver: '+49 30 23125-900',
      subject: 'Agreed call at 14:30',
      body: 'Customer asks for the terms.',
      crmUrl: 'https://crm.example.com/customers/7781?a=b',
      userData: 'CASE-7781',
      priority: 0,
      appointmentDate: '20240312',
      appointmentTime: '1430',
    });
    expect(net.only().body).toEqual({
      AcdEventTypesID: 3,
      AcdConfigurationGroupsID: 60,
      AcdAgentGroupsID: 61,
      UsersID: 118,
      Sender: '4917139200033',
      Receiver: '493023125900',
      Subject: 'Agreed call at 14:30',
      Body: 'Customer asks for the terms.',
      CrmURL: 'https://crm.example.com/customers/7781?a=b',
      UserData: 'CASE-7781',
      nPriority: 0,
      dtAppointmentDate: '2024-03-12',
      dtAppointmentTime: '14:30',
    });
  });

  it.each([
    ['+493023125027', '493023125027'],
    ['+49 (30) 23125/027', '493023125027'],
    ['493023125027', '493023125027'],
    ['030 23125', '030 23125'],
    ['helpdesk@example.com', 'helpdesk@example.com'],
    ['anna.berg+crm@example.com', 'anna.berg+crm@example.com'],
    ['+49 30 or so', '+49 30 or so'],
    ['+12', '+12'],
  ])('sends the sender %s as %s', async (sender, wire) => {
    const { net, client } = acd(created());
    await run(createEvent, client, { ...smallest, sender });
    expect(net.only().body).toMatchObject({ Sender: wire });
  });

  it.each([
    ['Callback', '+49 30 23125-027', '+493023125027'],
    ['Callback', '49 30 23125-027', '+493023125027'],
    ['AcdEventTypes.VoiceMail', '493023125027', '+493023125027'],
    ['Callback', '030 23125', '030 23125'],
    ['Callback', '+49 (0)30 23125027', '+49 (0)30 23125027'],
    ['Ticket', '4091300', '4091300'],
    ['Ticket', '+493023125027', '+493023125027'],
  ])('sends the sender of a %s %s as %s where numbers have a plus', async (type, sender, wire) => {
    const { net, client } = acdWith({ phoneFormat: 'plus' }, types('Callback', 'VoiceMail', 'Ticket'), created());
    await run(createEvent, client, { ...smallest, type, sender });
    expect(net.requests[1]?.body).toMatchObject({ Sender: wire });
  });

  it.each([
    [1, '493023125027', '+493023125027'],
    [3, '493023125027', '+493023125027'],
    [5, '493023125027', '493023125027'],
  ])('knows by the id %i of the type that %s is written %s', async (type, receiver, wire) => {
    const { net, client } = acdWith({ phoneFormat: 'plus' }, created());
    await run(createEvent, client, { ...smallest, type, receiver });
    expect(net.only().body).toMatchObject({ Receiver: wire });
  });

  it('tells an event that jtel merged into an older one from a new one', async () => {
    const { client } = acd(
      created({ Result_: 'UPDATED' }),
      created({ Result_: 'SOMETHING' }),
      created({ Result_: null }),
    );
    expect(await run(createEvent, client, smallest)).toEqual({ eventId: 90240, outcome: 'merged' });
    expect(await run(createEvent, client, smallest)).toEqual({ eventId: 90240, outcome: 'created' });
    expect(await run(createEvent, client, smallest)).toEqual({ eventId: 90240, outcome: 'created' });
  });

  it.each<[string, PlannedAnswer, string]>([
    [
      'no record',
      { json: { records: [], count: 0, status: 200 } },
      'jtel ACD took "create event", but answered without a record',
    ],
    [
      'a record without an id',
      { json: { records: [{ UserData: 'SECRET' }] } },
      'jtel ACD answered "create event" without usable records',
    ],
    ['no list', { json: { status: 200 } }, 'jtel ACD answered "create event" without usable records'],
    ['a page', { text: '<html>SECRET</html>' }, 'jtel ACD answered "create event" without usable records'],
    ['nothing', {}, 'jtel ACD answered "create event" without usable records'],
  ])('fails for good when the answer holds %s', async (_what, answer, message) => {
    const { client } = acd(answer);
    const failure = await failureOf(run(createEvent, client, smallest));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(message);
  });

  it('is not to be repeated blindly', () => {
    expect(prepared(createEvent, acd().client, smallest).repeatable).toBe(false);
  });

  const target = 'groupId: Give either groupId, or groupName, or both configurationGroupId and agentGroupId';
  const { groupId: _, ...untargeted } = smallest;

  it.each<[string, Record<string, unknown>, string]>([
    ['no target', untargeted, target],
    ['half a pair', { ...untargeted, configurationGroupId: 60 }, target],
    ['the other half', { ...untargeted, agentGroupId: 61 }, target],
    ['both kinds of target', { ...smallest, configurationGroupId: 60, agentGroupId: 61 }, target],
    ['a group and half a pair', { ...smallest, agentGroupId: 61 }, target],
    ['a group that is no id', { ...smallest, groupId: 0 }, 'groupId: Too small'],
    ['an empty sender', { ...smallest, sender: '' }, 'sender: Too small'],
    ['a long subject', { ...smallest, subject: 'x'.repeat(256) }, 'subject: Too big'],
    ['a priority beyond 200', { ...smallest, priority: 201 }, 'priority: Too big'],
    ['a negative priority', { ...smallest, priority: -1 }, 'priority: Too small'],
    [
      'a date in words',
      { ...smallest, appointmentDate: 'tomorrow' },
      'appointmentDate: Invalid date: expected yyyy-mm-dd or yyyymmdd',
    ],
    ['25 o’clock', { ...smallest, appointmentTime: '25:00' }, 'appointmentTime: Invalid time: expected hh:mm or hhmm'],
    [
      'a day that no month has',
      { ...smallest, appointmentDate: '2024-02-30' },
      'appointmentDate: Invalid date: expected yyyy-mm-dd or yyyymmdd',
    ],
    [
      'an appointment in words',
      { ...smallest, appointment: 'tomorrow' },
      'appointment: Invalid appointment: expected an ISO 8601 date and time',
    ],
    [
      'two appointments',
      { ...smallest, appointment: '2024-03-12T14:30:00Z', appointmentTime: '14:30' },
      'appointment: Give either appointment, or appointmentDate and appointmentTime',
    ],
    ['a name and an id', { ...smallest, groupName: 'Service Desk' }, target],
    ['a name and half a pair', { ...untargeted, groupName: 'Service Desk', agentGroupId: 61 }, target],
    ['a body on an e-mail', { ...smallest, type: 5, body: 'x' }, 'body: Only callbacks have a body'],
    ['a body on a ticket', { ...smallest, type: 'Ticket', body: 'x' }, 'body: Only callbacks have a body'],
    ['a body on a type unknown', { ...smallest, type: 8, body: 'x' }, 'body: Only callbacks have a body'],
    ['two lines for a subject', { ...smallest, subject: 'a\r\nb' }, 'subject: Invalid text'],
    ['a NUL in the body', { ...smallest, body: 'a\u0000b' }, 'body: Invalid text'],
    ['half a character', { ...smallest, sender: 'a\ud800' }, 'sender: Invalid text'],
    ['a script for an address', { ...smallest, crmUrl: 'javascript:alert(1)' }, 'crmUrl: Invalid URL'],
  ])('refuses %s', (_what, args, problem) => {
    const problems = problemsOf(createEvent, acd().client, args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it.each([
    [{ appointmentDate: '20240312', appointmentTime: '0930' }],
    [{ appointmentDate: '2024-02-29' }],
    [{ appointment: '2024-03-12T14:30:00+01:00' }],
    [{ appointment: '2024-03-12T14:30' }],
    [{ type: 'AcdEventTypes.Callback', body: 'Line one\nLine two\tand more' }],
    [{ appointmentTime: '23:59' }],
    [{ priority: 200 }],
    [{ type: 'Callback' }],
  ])('takes %j', (more) => expect(problemsOf(createEvent, acd().client, { ...smallest, ...more })).toEqual([]));
});

describe('a type of event by name', () => {
  it.each(['Callback', 'callback', 'AcdEventTypes.Callback', 'ACDEVENTTYPES.CALLBACK'])(
    'is found as %s',
    async (type) => {
      const { net, client } = acd(types('VoiceMail', 'Fax', 'Callback'), created());
      await run(createEvent, client, { ...smallest, type });
      expect(net.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
        'GET /rest/v1.0/7/acd/events/types',
        'POST /rest/v1.0/7/acd/events/create',
      ]);
      expect(net.requests[1]?.body).toMatchObject({ AcdEventTypesID: 3 });
    },
  );

  it('is asked for once, also by calls at the same time', async () => {
    const { net, client } = acd(types('Callback'));
    expect(await Promise.all([client.eventTypeId('Callback'), client.eventTypeId('Callback')])).toEqual([1, 1]);
    expect(await client.eventTypeId('AcdEventTypes.Callback')).toBe(1);
    expect(net.requests).toHaveLength(1);
  });

  it('is asked for again when the list of before does not have it', async () => {
    const { net, client } = acd(types('Callback'), types('Callback', 'Ticket'));
    expect(await client.eventTypeId('Callback')).toBe(1);
    expect(await client.eventTypeId('Ticket')).toBe(2);
    expect(net.requests).toHaveLength(2);
  });

  it('that does not exist fails for good, and names those that do', async () => {
    const { net, client } = acd(types('VoiceMail', 'Callback'), types('VoiceMail', 'Callback', 'Ticket'));
    const failure = await failureOf(client.eventTypeId('Ticket'));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD has no such event type; it has voicemail, callback');
    expect(net.requests).toHaveLength(1);
    expect(await client.eventTypeId('Ticket')).toBe(3);
  });

  it('is asked for again after the list could not be had', async () => {
    const { net, client } = acd({ status: 503 }, types('Callback'));
    expect(await failureOf(client.eventTypeId('Callback'))).toBeInstanceOf(TransientError);
    expect(await client.eventTypeId('Callback')).toBe(1);
    expect(net.requests).toHaveLength(2);
  });

  it('that can not be resolved creates nothing', async () => {
    const { net, client } = acd({ status: 503 });
    expect(await failureOf(run(createEvent, client, { ...smallest, type: 'Callback' }))).toBeInstanceOf(TransientError);
    expect(net.only().method).toBe('GET');
  });
});

describe('a group by name', () => {
  const { groupId: _, ...untargeted } = smallest;
  const args = { ...untargeted, groupName: 'Service Desk' };
  const desk = { ID: 42, Name: 'Service Desk' };

  it('is looked up, and the one of exactly this name is taken', async () => {
    const { net, client } = acd(shortList({ ID: 7, Name: 'Service Desk 2' }, desk), created());
    await run(createEvent, client, args);
    expect(net.requests.map(line)).toEqual(['GET /acd/groups/group?name=Service%20Desk', 'POST /acd/events/create']);
    expect(net.requests[1]?.body).toMatchObject({ AcdGroupsID: 42 });
    expect(net.requests[1]?.body).not.toHaveProperty('groupName');
  });

  it('that does not exist creates nothing, and shows similar ones', async () => {
    const { net, client } = acd(shortList({ ID: 7, Name: 'Service Desk 2' }, { ID: 8, Name: 'Service desk' }));
    const failure = await failureOf(run(createEvent, client, args));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(
      'jtel ACD has no group of exactly this name; similar are "Service Desk 2", "Service desk"',
    );
    expect(net.requests).toHaveLength(1);
  });

  it('is looked up anew when jtel does not know the kept id any more', async () => {
    const { net, client } = acd(shortList(desk), created(), missing, shortList({ ...desk, ID: 50 }), created());
    await run(createEvent, client, args);
    await run(createEvent, client, args);
    expect(net.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST', 'GET', 'POST']);
    expect(net.requests[4]?.body).toMatchObject({ AcdGroupsID: 50 });
  });

  it('is not looked up anew for any other failure', async () => {
    const { net, client } = acd(shortList(desk), created(), { status: 503 });
    await run(createEvent, client, args);
    expect(await failureOf(run(createEvent, client, args))).toBeInstanceOf(TransientError);
    expect(net.requests).toHaveLength(3);
  });
});

describe('the appointment of an event', () => {
  it('is sent as date and time of the installation', async () => {
    const { net, client } = acd(created());
    await run(createEvent, client, { ...smallest, appointment: '2024-07-01T22:15:00Z' });
    expect(net.only().body).toMatchObject({ dtAppointmentDate: '2024-07-02', dtAppointmentTime: '00:15' });
  });

  it('that is past sends nothing', async () => {
    const { net, client } = acd();
    const failure = await failureOf(run(createEvent, client, { ...smallest, appointment: '2024-01-15T14:29:59Z' }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('the appointment is in the past');
    expect(net.requests).toEqual([]);
  });

  it('that passed while the delivery had to wait is sent all the same', async () => {
    const { net, client } = acd(created());
    await run(createEvent, client, { ...smallest, appointment: '2024-01-15T14:00:00Z' }, { ageMs: 3_600_000 });
    expect(net.only().body).toMatchObject({ dtAppointmentDate: '2024-01-15', dtAppointmentTime: '15:00' });
  });
});

describe('asking jtel ACD for an earlier attempt', () => {
  const list = (...records: unknown[]) => ({ json: { filter: '', records, count: records.length, status: 200 } });

  it('finds the event by its reference', async () => {
    const { net, client } = acd(
      list(
        { ID: 1, UserData: null, Subject: 'Call back' },
        { ID: 2, UserData: 'other', Subject: 'Call back' },
        { ID: 3 },
        { ID: 4, UserData: DELIVERY_ID, Subject: 'Call back', AcdEventStatusID: 99 },
      ),
    );
    expect(await findExisting(createEvent, client, smallest)).toEqual({ eventId: 4, outcome: 'created' });
    const sent = net.only();
    expect([sent.method, sent.url.href]).toEqual(['GET', 'https://acd.example/rest/v1.0/7/acd/events']);
  });

  it('finds it in records that show no subject', async () => {
    const { client } = acd(
      list({ ID: 4, UserData: DELIVERY_ID }),
      list({ ID: 4, UserData: DELIVERY_ID, Subject: null }),
    );
    expect(await findExisting(createEvent, client, smallest)).toEqual({ eventId: 4, outcome: 'created' });
    expect(await findExisting(createEvent, client, smallest)).toEqual({ eventId: 4, outcome: 'created' });
  });

  it('tells events apart that share a reference chosen by the route', async () => {
    const { client } = acd(
      list({ ID: 4, UserData: 'CASE-1', Subject: 'Another call' }, { ID: 5, UserData: 'CASE-1', Subject: 'Call back' }),
      list({ ID: 4, UserData: 'CASE-1', Subject: 'Another call' }),
    );
    const args = { ...smallest, userData: 'CASE-1' };
    expect(await findExisting(createEvent, client, args)).toEqual({ eventId: 5, outcome: 'created' });
    expect(await findExisting(createEvent, client, args)).toBeUndefined();
  });

  it('finds nothing in an empty list', async () => {
    const { client } = acd(list());
    expect(await findExisting(createEvent, client, smallest)).toBeUndefined();
  });

  it('does not take an outage for nothing', async () => {
    const { client } = acd({ status: 500 });
    expect(await failureOf(findExisting(createEvent, client, smallest))).toBeInstanceOf(TransientError);
  });
});

describe('answers of jtel ACD', () => {
  it.each<[string, PlannedAnswer, string, string]>([
    [
      'a 404 without a body',
      { status: 404 },
      'PermanentError',
      'jtel ACD answered 404 (no such route: check ACD_BASE_URL, ACD_PATHS and the release) to "create event"',
    ],
    [
      'a 404 with a body',
      { status: 404, json: { status: 404, error: 'SECRET' } },
      'PermanentError',
      'jtel ACD answered 404 (no such object) to "create event"',
    ],
    [
      'a missing parameter',
      { status: 400, json: { status: 400, error: 'SECRET' } },
      'PermanentError',
      'jtel ACD answered 400 to "create event"',
    ],
    [
      'a conflict',
      { status: 409, json: { status: 409, error: 'SECRET' } },
      'PermanentError',
      'jtel ACD answered 409 to "create event"',
    ],
    [
      'a refused token',
      { status: 401, json: { status: 401, error: 'SECRET' } },
      'TransientError',
      'jtel ACD answered 401 (token, ClientsID, or their pairing) to "create event": check its credentials',
    ],
    [
      'a fault',
      { status: 500, json: { status: 500, error: 'SECRET' } },
      'TransientError',
      'jtel ACD answered 500 to "create event"',
    ],
  ])('%s', async (_what, answer, name, message) => {
    const { net, client } = acd(answer);
    expect(await failureOf(run(createEvent, client, smallest))).toMatchObject({ name, message });
    expect(net.requests).toHaveLength(1);
  });
});
