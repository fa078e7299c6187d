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

const smallest = { type: 3, groupId: 41, sender: '+493023125027', subject: 'Call back' };

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
      Sender: '493023125027',
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
    [3, '+493023125027', '493023125027'],
    [3, '+49 (30) 23125/027', '493023125027'],
    [3, '+49\u00a030\u200923125-027', '493023125027'],
    [3, '493023125027', '493023125027'],
    [5, '030 23125', '030 23125'],
    [5, 'helpdesk@example.com', 'helpdesk@example.com'],
    [5, 'anna.berg+crm@example.com', 'anna.berg+crm@example.com'],
    [5, '+49 30 or so', '+49 30 or so'],
    [5, '+12', '+12'],
  ])('sends the sender of an event of type %i %s as %s', async (type, sender, wire) => {
    const { net, client } = acd(created());
    await run(createEvent, client, { ...smallest, type, sender });
    expect(net.only().body).toMatchObject({ Sender: wire });
  });

  it.each(
    [1, 3, 'Callback', 'voicemail', 'AcdEventTypes.VoiceMail'].flatMap((type) =>
      [
        '+44 (0)20 1234567',
        'anonymous',
        '030 23125',
        '+0123456789',
        '00493012345678',
        '+12',
        '+1234567890123456',
        'tel:+493012345678',
        'sip:anna@example.com',
        '+49 30 or so',
        "+4930'; DROP TABLE x",
      ].flatMap((number) => [
        { type, name: 'sender', number },
        { type, name: 'receiver', number },
      ]),
    ),
  )('refuses the number "$number" as $name of an event of type $type', ({ type, name, number }) => {
    expect(problemsOf(createEvent, acd().client, { ...smallest, type, [name]: number })).toEqual([
      `${name}: Invalid phone number: expected country code and number, with or without + (E.164)`,
    ]);
  });

  it.each([
    ['a page of a CRM', 'https://crm.example.com/main.aspx?etn=contact&id=%7B7781%7D#tab'],
    ['letters of other scripts', 'https://crm.example.com/kunden/müller'],
    ['upper case', 'HTTPS://CRM.EXAMPLE.COM/'],
  ])('takes %s for an address', async (_what, crmUrl) => {
    const { net, client } = acd(created());
    await run(createEvent, client, { ...smallest, crmUrl });
    expect(net.only().body).toMatchObject({ CrmURL: crmUrl });
  });

  it.each([
    ['a blank before it', ' https://crm.example.com'],
    ['a blank within', 'https://crm.example.com/a b'],
    ['a blank that is not ASCII', 'https://crm.example.com/a\u2028b'],
    ['a line break', 'https://crm.example.com/\r\nX-Injected: 1'],
    ['NUL', 'https://crm.example.com/\u0000'],
    ['markup', 'https://crm.example.com/<script>'],
    ['a quotation mark', 'https://crm.example.com/"x'],
    ['braces', 'https://crm.example.com/?id={7781}'],
    ['half of an escape', 'https://crm.example.com/%7'],
    ['backslashes', 'https:\\\\crm.example.com'],
    ['no slashes', 'https:crm.example.com'],
    ['no host', 'https://'],
    ['a port that is none', 'https://crm.example.com:99999/'],
    ['another scheme', 'ftp://crm.example.com'],
    ['more than 2048 characters', `https://crm.example.com/${'x'.repeat(2_048)}`],
  ])('refuses an address with %s', (_what, crmUrl) => {
    const problems = problemsOf(createEvent, acd().client, { ...smallest, crmUrl });
    expect(problems).toEqual([expect.stringMatching(/^crmUrl: (Invalid URL|Invalid text|Too big)/)]);
    expect(problems[0]).not.toContain('crm.example.com');
  });

  it.each([
    ['Callback', '+49 30 23125-027', '+493023125027'],
    ['Callback', '49 30 23125-027', '+493023125027'],
    ['AcdEventTypes.VoiceMail', '493023125027', '+493023125027'],
    ['Ticket', '030 23125', '030 23125'],
    ['Ticket', '+49 (0)30 23125027', '+49 (0)30 23125027'],
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
    ['no record', { json: { records: [], count: 0, status: 200 } }, 'created'],
    ['a record without an id', { json: { records: [{ UserData: 'x' }] } }, 'created'],
    ['a record with an id that is none', { json: { records: [{ ID: 'x', Result_: 'UPDATED' }] } }, 'merged'],
    ['an odd record', { json: { records: ['x'] } }, 'created'],
    ['no list', { json: { status: 200 } }, 'created'],
    ['nothing', {}, 'created'],
  ])('is done, without an id, when the answer holds %s', async (_what, answer, outcome) => {
    expect(await run(createEvent, acd(answer).client, smallest)).toEqual({ eventId: null, outcome });
  });

  it('fails for good when the answer is a page', async () => {
    const failure = await failureOf(run(createEvent, acd({ text: '<html>SECRET</html>' }).client, smallest));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD answered "create event" with something else than an object');
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

  describe('with a reference chosen by the route', () => {
    const keyed = { ...smallest, userData: 'CUST-1' };
    /** The first attempt was an hour ago: at 14:30:20 in Berlin. */
    const ageMs = 3_600_000;
    const own = {
      ID: 5,
      UserData: 'CUST-1',
      Subject: 'Call back',
      Sender: '493023125027',
      AcdEventTypesID: 3,
      AcdEventStatusID: 20,
      AcdGroupsID: 41,
      dtCreated: '2024-01-15T14:30:21.118',
    };
    const blank = { Subject: null, Sender: null, AcdEventTypesID: null, AcdEventStatusID: null, AcdGroupsID: null };
    const found = { eventId: 5, outcome: 'created' };

    it.each([
      ['it shows all of it', {}],
      ['jtel writes numbers with a plus', { Sender: '+493023125027' }],
      ['it shows neither type, sender, subject, status nor group', blank],
      ['it was made at the first attempt', { dtCreated: '2024-01-15T14:30:20.000' }],
      ['clocks differ by a minute', { dtCreated: '2024-01-15T14:29:20.000' }],
      ['its time has an offset', { dtCreated: '2024-01-15T15:31:00.000+02:00' }],
      ['its time is in UTC', { dtCreated: '2024-01-15T13:31:00.477546Z' }],
    ])('finds the event when %s', async (_what, parts) => {
      const { client } = acd(list({ ...own, ID: 4, Subject: 'Another call' }, { ...own, ...parts }));
      expect(await findExisting(createEvent, client, keyed, { ageMs })).toEqual(found);
    });

    it.each([
      ['subject', { Subject: 'Another call' }],
      ['sender', { Sender: '493023125014' }],
      ['type', { AcdEventTypesID: 5 }],
      ['group', { AcdGroupsID: 42 }],
      ['group, a pair', { AcdGroupsID: null, AcdConfigurationGroupsID: 60, AcdAgentGroupsID: 61 }],
      ['status: chat closed', { AcdEventStatusID: 98 }],
      ['status: done', { AcdEventStatusID: 99 }],
      ['status: error', { AcdEventStatusID: 100 }],
      ['time, before the first attempt', { dtCreated: '2024-01-15T14:29:19.999' }],
      ['time in UTC', { dtCreated: '2024-01-15T13:29:19.999Z' }],
      ['time that can not be read', { dtCreated: 'soon' }],
      ['time that is not shown', { dtCreated: null }],
    ])('leaves an event of another %s alone', async (_what, parts) => {
      const { net, client } = acd(list({ ...own, ...parts }));
      expect(await findExisting(createEvent, client, keyed, { ageMs })).toBeUndefined();
      expect(net.requests).toHaveLength(1);
    });

    it('compares both halves of a pair', async () => {
      const { groupId: _, ...rest } = keyed;
      const paired = { ...rest, configurationGroupId: 60, agentGroupId: 61 };
      const event = { ...own, AcdGroupsID: null, AcdConfigurationGroupsID: 60, AcdAgentGroupsID: 61 };
      expect(await findExisting(createEvent, acd(list(event)).client, paired, { ageMs })).toEqual(found);
      for (const parts of [{ AcdConfigurationGroupsID: 62 }, { AcdAgentGroupsID: 62 }]) {
        const { client } = acd(list({ ...event, ...parts }));
        expect(await findExisting(createEvent, client, paired, { ageMs })).toBeUndefined();
      }
    });

    it('compares type and group that are given by name', async () => {
      const { groupId: _, ...rest } = keyed;
      const named = { ...rest, type: 'Callback', groupName: 'Service Desk' };
      const desk = shortList({ ID: 41, Name: 'Service Desk' });
      const other = shortList({ ID: 42, Name: 'Service Desk' });
      const known = types('VoiceMail', 'Fax', 'Callback');
      expect(await findExisting(createEvent, acd(list(own), known, desk).client, named, { ageMs })).toEqual(found);
      expect(await findExisting(createEvent, acd(list(own), known, other).client, named, { ageMs })).toBeUndefined();
      expect(
        await findExisting(createEvent, acd(list(own), types('Callback'), desk).client, named, { ageMs }),
      ).toBeUndefined();
    });

    it('says so when jtel shows that it merged the event', async () => {
      const { client } = acd(list({ ...own, Result_: 'UPDATED' }));
      expect(await findExisting(createEvent, client, keyed, { ageMs })).toEqual({ eventId: 5, outcome: 'merged' });
    });
  });

  it('is not misled by records that can not be read', async () => {
    const records = [{ UserData: DELIVERY_ID }, 'x', { ID: 4, UserData: DELIVERY_ID, Subject: {}, Sender: true }];
    expect(await findExisting(createEvent, acd(list(...records)).client, smallest)).toEqual({
      eventId: 4,
      outcome: 'created',
    });
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
