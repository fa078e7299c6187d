import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../../infra/local/simulators/common/request-log.ts';
import { nimbusBearerToken } from '../../infra/local/simulators/credentials.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const DELIVERY_ID = /^[\w-]{43}$/;
const HELPDESK = 'helpdesk@contoso.example';
const SALES = 'sales@contoso.example';

/** Requests that Nimbus got from the bridge, with their bodies. */
function received(test: TestStack, method: string, path: string): RecordedRequest[] {
  return test.simulators.nimbus.requests().filter((request) => request.method === method && request.path === path);
}

function oneOrMore<T>(items: readonly T[]): readonly [T, ...T[]] | undefined {
  const [first, ...rest] = items;
  return first === undefined ? undefined : [first, ...rest];
}

describe('with the shipped routes', () => {
  let test: TestStack;

  beforeAll(async () => {
    test = await startTestStack({
      settings: {
        BRIDGE_ROUTE_SETTINGS: JSON.stringify({
          crmRecordUrl: 'https://crm.example/contacts/',
          vipNumbers: '+441632960177, +441632960178',
          vipAgent: 'sam.ito@contoso.example',
          blockedNumbers: '+441632960666',
          ticketPerCall: true,
          callBackAfterMinutes: 15,
          followUpService: HELPDESK,
        }),
      },
    });
  });

  afterAll(() => test?.stop());

  /** A call that has come as far as its workflow's first activity. */
  function acceptedCall(callerTelNumber: string): string {
    const { id } = test.simulators.nimbus.startTask({ callerTelNumber });
    test.simulators.nimbus.moveTask(id, { move: 'accept' });
    return id;
  }

  const updatesOf = (taskId: string) => received(test, 'PUT', `/v1/tasks/${taskId}`);
  const updateOf = async (taskId: string) =>
    (await eventually(() => oneOrMore(updatesOf(taskId)), 'an update of the task'))[0];
  const taskOf = (taskId: string) => test.simulators.nimbus.state().tasks.find(({ id }) => id === taskId);
  const deliveriesOf = (route: string, step: string) =>
    test.lines.filter((line) => line.includes(`route=${route} `) && line.includes(`step=${step} `));

  describe('use case 1: contact details for an inbound call; use case 10: the record that opens with it', () => {
    it('shows whom the CRM knows by the number', async () => {
      const taskId = acceptedCall('+441632960123');

      const update = await updateOf(taskId);

      expect(update).toMatchObject({
        headers: { authorization: `Bearer ${nimbusBearerToken}` },
        answer: { status: 200 },
      });
      expect(update.body).toEqual({
        customer: {
          firstName: 'Nora',
          lastName: 'Blake',
          displayName: 'Nora Blake',
          email: 'nora.blake@customer.example',
        },
        customContextParameters: [
          { name: 'CrmContactId', value: 'c0a80101-0000-4000-8000-000000000001' },
          { name: 'CrmRecordUrl', value: 'https://crm.example/contacts/c0a80101-0000-4000-8000-000000000001' },
        ],
      });
      expect(taskOf(taskId)?.information.customer).toMatchObject({ displayName: 'Nora Blake' });
    });

    it('leaves the task alone where the CRM knows nobody', async () => {
      const payload = {
        taskId: 'unknown-1',
        event: 'System accepted',
        direction: 'Inbound',
        callerTelNumber: '+441632960999',
        serviceUPN: HELPDESK,
      };

      const [callback] = await test.simulators.nimbus.raise({ webhook: 'task', payload });

      const event: string = JSON.parse(callback?.body ?? '{}').id;
      const last = await eventually(
        () => deliveriesOf('caller-details', 'nimbus.updateTask').find((line) => line.includes(event)),
        'the end of the route',
      );
      expect(last).toContain('result=done');
      expect(updatesOf('unknown-1')).toEqual([]);
    });

    it('gives up when the task has ended in the meantime', async () => {
      const { nimbus } = test.simulators;
      const { id } = nimbus.startTask({ callerTelNumber: '+441632960199', modality: 'InstantMessaging' });
      nimbus.answerNext({ match: { method: 'PUT', path: `/v1/tasks/${id}` }, status: 404 });
      nimbus.moveTask(id, { move: 'accept' });

      const failure = await eventually(
        async () =>
          (await test.peek('failed')).find(
            ({ applicationProperties }) => applicationProperties?.step === 'nimbus.updateTask',
          ),
        'a failure',
      );

      expect(failure.applicationProperties).toMatchObject({
        route: 'caller-details',
        errorClass: 'PermanentError',
        errorMessage: 'Nimbus answered 404 to "update task": the task has ended or is unknown',
        httpStatus: 404,
      });
    });

    it('comes again when Nimbus has had too many calls', async () => {
      const { nimbus } = test.simulators;
      const { id } = nimbus.startTask({ callerTelNumber: '+441632960156' });
      nimbus.answerNext({
        match: { method: 'PUT', path: `/v1/tasks/${id}` },
        status: 429,
        headers: { 'retry-after': '1' },
      });
      nimbus.moveTask(id, { move: 'accept' });

      const updates = await eventually(() => (updatesOf(id).length === 2 ? updatesOf(id) : undefined), 'a second try');

      expect(updates.map(({ answer }) => answer)).toMatchObject([{ status: 429 }, { status: 200 }]);
    });
  });

  describe('use case 6: routing by preference; use case 13: VIP routing; use case 18: priority for VIPs', () => {
    it('tells the workflow, and offers the call to the preferred agent first', async () => {
      const { nimbus } = test.simulators;
      const taskId = acceptedCall('+441632960178');

      const update = await eventually(
        () => updatesOf(taskId).find(({ body }) => JSON.stringify(body).includes('VIP')),
        'the update for the VIP',
      );

      expect(update.body).toEqual({
        customContextParameters: [
          { name: 'CallerGroup', value: 'VIP' },
          { name: 'TaskPriority', value: 'High' },
        ],
        preferredUsers: [{ upn: 'sam.ito@contoso.example', priority: 1 }],
      });
      nimbus.moveTask(taskId, { move: 'queue' });
      expect(nimbus.moveTask(taskId, { move: 'ring' }).ringingUserUpn).toBe('sam.ito@contoso.example');
    });
  });

  describe('use case 13: block-list routing', () => {
    it('tells the workflow who is on it', async () => {
      expect((await updateOf(acceptedCall('+441632960666'))).body).toEqual({
        customContextParameters: [{ name: 'CallerGroup', value: 'Blocked' }],
      });
    });
  });

  describe('use case 7: preferences of the caller', () => {
    it('are kept with the details of the customer, each choice once', async () => {
      const { nimbus } = test.simulators;
      const { id } = nimbus.startTask({
        taskInformation: { customer: { customFields: [{ name: 'Tier', value: 'Gold' }] } },
      });

      nimbus.moveTask(id, { move: 'setParameter', name: 'Language', value: 'de' });
      await updateOf(id);
      nimbus.moveTask(id, { move: 'setParameter', name: 'Language', value: 'fr' });
      const updates = await eventually(() => (updatesOf(id).length === 2 ? updatesOf(id) : undefined), 'both choices');

      const customFields = (value: string) => ({
        customer: {
          customFields: [
            { name: 'Tier', value: 'Gold' },
            { name: 'Language', value },
          ],
        },
      });
      expect(updates.map(({ body }) => body)).toEqual([customFields('de'), customFields('fr')]);
    });
  });

  describe('use case 12: live data exchange during the call', () => {
    it.each([
      ['ada.moss@customer.example', { email: 'ada.moss@customer.example' }],
      ['+441632960188', { email: 'ada.moss@customer.example', primaryTelNumber: '+441632960188' }],
    ])('looks up what the caller entered: %s', async (entered, known) => {
      const { id } = test.simulators.nimbus.startTask({ isAnonymous: true });

      test.simulators.nimbus.moveTask(id, { move: 'setParameter', name: 'CustomerContact', value: entered });

      expect((await updateOf(id)).body).toEqual({
        customer: { firstName: 'Ada', lastName: 'Moss', displayName: 'Ada Moss', ...known },
        customContextParameters: [{ name: 'CrmContactId', value: 'c0a80101-0000-4000-8000-000000000002' }],
      });
    });
  });

  describe('use case 8: tickets', () => {
    it('opens one when an agent takes the call, and shows its number', async () => {
      const { nimbus, crm } = test.simulators;
      const { id } = nimbus.startTask({ callerUPN: 'mira@contoso.example' });
      for (const move of ['accept', 'queue', 'ring', 'userAccepted'] as const) nimbus.moveTask(id, { move });

      const update = await updateOf(id);

      const ticketNo = taskOf(id)?.information.customContextParameters?.find(({ name }) => name === 'TicketNo')?.value;
      expect(ticketNo).toMatch(GUID);
      expect(update.body).toEqual({ customContextParameters: [{ name: 'TicketNo', value: ticketNo }] });
      const ticket = crm.requests().find(({ path }) => path === `/api/data/v9.2/tasks(${ticketNo})`);
      expect(ticket).toMatchObject({ method: 'PATCH', body: { subject: expect.stringMatching(/^Ticket /) } });
    });
  });

  describe('use case 2: language choice kept in the CRM; use case 3: after-call work item', () => {
    it('stands on the timeline of the customer when the call has ended', async () => {
      const { nimbus, crm } = test.simulators;
      const { id } = nimbus.startTask({ callerTelNumber: '+441632960156' });
      nimbus.moveTask(id, { move: 'accept' });
      nimbus.moveTask(id, { move: 'setParameter', name: 'Language', value: 'de' });
      for (const move of ['queue', 'ring', 'userAccepted'] as const) nimbus.moveTask(id, { move });
      const ended = nimbus.moveTask(id, { move: 'terminate' });

      const written = await eventually(
        () => crm.requests().find(({ path, method }) => method === 'PATCH' && path.includes('/phonecalls(')),
        'a phone call in the CRM',
      );

      expect(written).toMatchObject({ answer: { status: 204 } });
      expect(written.body).toEqual({
        subject: expect.stringMatching(/^.+, handled by \S+@contoso\.example$/),
        description: expect.stringMatching(/^Language: de\b/),
        phonenumber: '+441632960156',
        directioncode: false,
        actualstart: expect.any(String),
        actualend: expect.any(String),
        'regardingobjectid_contact_phonecall@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000003)',
      });
      expect(Date.parse(String(Reflect.get(Object(written.body), 'actualend')))).toBe(ended.terminatedAtMs);
    });
  });

  describe('use case 4: call-back task for a missed call, by Nimbus itself', () => {
    it('is scheduled once, though the answer got lost', async () => {
      const { nimbus } = test.simulators;
      nimbus.answerNext({ match: { method: 'POST', path: '/v1/scheduler-entries' }, status: 504, afterEffect: true });
      const { id } = nimbus.startTask({
        callerTelNumber: '+441632960155',
        taskInformation: { customer: { displayName: 'Jo Park' } },
      });
      const ended = nimbus.moveTask(id, { move: 'terminate' });

      await eventually(
        () => deliveriesOf('missed-call-call-back', 'nimbus.scheduleCall').find((line) => line.includes('found done')),
        'the entry, found again',
      );

      const [scheduled, ...others] = received(test, 'POST', '/v1/scheduler-entries');
      expect(others).toEqual([]);
      expect(scheduled?.body).toEqual({
        ReferenceId: expect.stringMatching(DELIVERY_ID),
        destination: '+441632960155',
        dueDateTimeUtc: expect.any(String),
        serviceUpn: HELPDESK,
        customCallContextParameters: [{ name: 'CallReason', value: 'Missed call' }],
        customer: { displayName: 'Jo Park' },
      });
      const [entry] = nimbus.state().schedulerEntries;
      const dueMs = Date.parse(entry?.request.dueDateTimeUtc ?? '');
      expect(dueMs - (ended.terminatedAtMs ?? 0)).toBe(15 * 60_000);
    });
  });

  describe('use case 4: call-back task for a missed call; use case 9: list of missed calls', () => {
    it('has one task for each, of callers that are known, unknown and anonymous', async () => {
      const { nimbus, crm, acd, lucs } = test.simulators;
      const callers = [
        { callerTelNumber: '+441632960188', isAnonymous: false },
        { callerTelNumber: '+441632960998', isAnonymous: false },
        { isAnonymous: true },
      ];
      for (const caller of callers) {
        const { id } = nimbus.startTask({ ...caller, serviceUpn: SALES });
        nimbus.moveTask(id, { move: 'terminate' });
      }

      const fieldsOf = (requests: readonly RecordedRequest[], key: string, mark: string) =>
        requests.map(({ body }) => body).filter((body) => String(Reflect.get(Object(body), key)).includes(mark));
      const list = await eventually(() => {
        const tasks = fieldsOf(crm.requests(), 'description', 'Missed by Sales ');
        return tasks.length >= callers.length ? tasks : undefined;
      }, 'a task for each missed call');

      const missedBySales = { description: expect.stringMatching(/ at 20\S+Z$/), scheduledend: expect.any(String) };
      expect(list).toHaveLength(callers.length);
      expect(list).toEqual(
        expect.arrayContaining([
          {
            ...missedBySales,
            subject: 'Call back Ada Moss',
            'regardingobjectid_contact_task@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000002)',
          },
          { ...missedBySales, subject: 'Call back +441632960998' },
          { ...missedBySales, subject: 'Call back anonymous caller' },
        ]),
      );
      const handedOn = await eventually(() => {
        const callbacks = fieldsOf(acd.requests(), 'Subject', 'Missed call at Sales');
        const followUps = fieldsOf(lucs.requests(), 'Caller', '+441632960998');
        return callbacks.length >= 2 && followUps.length >= 1 ? { callbacks, followUps } : undefined;
      }, 'callbacks at jtel ACD and a task at LUCS');
      expect(handedOn.callbacks).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ AcdEventTypesID: 3, Sender: '441632960188' }),
          expect.objectContaining({ AcdEventTypesID: 3, Sender: '441632960998' }),
        ]),
      );
      expect(handedOn.callbacks).toHaveLength(2);
    });
  });

  describe('use case 15: an external task', () => {
    it('is made of a chat that nobody took', async () => {
      const { nimbus } = test.simulators;
      const { id } = nimbus.startTask({
        modality: 'InstantMessaging',
        customerIdentifier: 'web-8842',
        initialMessage: 'Hello, my order has not arrived.',
        taskInformation: { customer: { displayName: 'Jo Park', email: 'jo.park@customer.example' } },
      });
      nimbus.moveTask(id, { move: 'terminate' });

      const [added] = await eventually(
        () => oneOrMore(received(test, 'POST', '/v1/ExternalTasks')),
        'an external task',
      );

      expect(added).toMatchObject({ answer: { status: 200 } });
      expect(added.body).toEqual({
        serviceUpn: HELPDESK,
        customerIdentifier: 'web-8842',
        customer: { displayName: 'Jo Park', email: 'jo.park@customer.example' },
        customContextParameters: [{ name: 'FirstMessage', value: 'Hello, my order has not arrived.' }],
      });
    });

    it('of Nimbus is handed on to LUCS', async () => {
      const { nimbus, lucs } = test.simulators;
      nimbus.startTask({ modality: 'ExternalTask', direction: 'None', customerIdentifier: 'CUST-1009' });

      const handedOn = await eventually(
        () => lucs.requests().find(({ body }) => JSON.stringify(body ?? null).includes('CUST-1009')),
        'a task at LUCS',
      );

      expect(handedOn).toMatchObject({ method: 'POST', path: '/v1.0/tasks', answer: { status: 200 } });
    });
  });

  describe('use case 5: a campaign; use case 14: outbound calls from a list', () => {
    it('calls again at the time that was agreed, under the same reference', async () => {
      const { nimbus } = test.simulators;
      const { id } = nimbus.startTask({
        direction: 'Outbound',
        serviceUpn: SALES,
        referenceId: 'CAMP-7-0042',
        destinationTelNumber: '+441632960188',
        taskInformation: {
          customer: { firstName: 'Ada', lastName: 'Moss' },
          customContextParameters: [{ name: 'CallAgainAt', value: '2031-03-05T10:00:00+01:00' }],
        },
      });
      nimbus.moveTask(id, { move: 'terminate' });

      const scheduled = await eventually(
        () =>
          received(test, 'POST', '/v1/scheduler-entries').find(({ body }) =>
            JSON.stringify(body).includes('CAMP-7-0042'),
          ),
        'a scheduled call',
      );

      expect(scheduled).toMatchObject({ answer: { status: 200 } });
      expect(scheduled.body).toEqual({
        ReferenceId: 'CAMP-7-0042',
        destination: '+441632960188',
        dueDateTimeUtc: '2031-03-05T09:00:00Z',
        serviceUpn: SALES,
        customer: { firstName: 'Ada', lastName: 'Moss' },
      });
    });

    it('has its outcome written back, and a person take on what was not called in time', async () => {
      const { nimbus, crm, acd } = test.simulators;
      const payload = {
        schedulerEntryId: 'campaign-entry-1',
        event: 'Completed',
        completionReason: 'Limit Reached',
        ReferenceId: 'CAMP-9-0001',
        destination: '+441632960188',
        serviceUpn: SALES,
        maxAttempts: 3,
      };

      await nimbus.raise({ webhook: 'schedulerEntry', payload });

      const about = (requests: readonly RecordedRequest[]) =>
        requests.find(({ body }) => JSON.stringify(body ?? null).includes('CAMP-9-0001'));
      const outcome = await eventually(() => about(crm.requests()), 'the outcome in the CRM');
      expect(outcome.body).toEqual({
        subject: 'Scheduled call ended Limit Reached',
        description: 'Reference CAMP-9-0001, at most 3 attempts',
        directioncode: true,
        phonenumber: '+441632960188',
        'regardingobjectid_contact_phonecall@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000002)',
      });
      const callback = await eventually(() => about(acd.requests()), 'a callback');
      expect(callback.body).toMatchObject({ Sender: '441632960188', nPriority: 80 });
    });
  });
});

/** Use cases whose data come from systems that are not there yet: here an accepted call stands in for their events. */
const ROUTES = `
settings:
  book: 4b1a6d0e-52f7-4a38-9a55-6c0f3d2e1b10
routes:
  - id: campaign
    when: { event: '*systemaccepted', if: data.customerIdentifier = 'campaign' }
    do:
      - step: nimbus.scheduleCall
        with: { serviceUpn: =data.serviceUpn, destination: '+441632960188', dueDateTimeUtc: '2031-03-05T09:00:00Z', referenceId: CAMP-8 }
      - step: nimbus.getSchedulerEntries
        with: { serviceUpn: =data.serviceUpn, referenceId: CAMP-8 }
        as: planned
      - step: nimbus.updateSchedulerEntry
        with: { schedulerEntryId: '=results.planned.entries[0].schedulerEntryId', serviceUpn: =data.serviceUpn, destination: nora@northwind.example, dueDateTimeUtc: '2031-03-06T09:00:00Z', maxAttempts: 3, referenceId: CAMP-8 }
        as: moved
      - step: nimbus.removeSchedulerEntry
        with: { schedulerEntryId: =results.moved.schedulerEntryId }
  - id: external-task
    when: { event: '*systemaccepted', if: data.customerIdentifier = 'external' }
    do:
      - step: nimbus.addExternalTask
        with: { serviceUpn: =data.serviceUpn, preferredUsers: [{ upn: mia.keller@contoso.example, priority: 5 }] }
        as: added
      - step: nimbus.removeExternalTask
        with: { externalTaskId: =results.added.externalTaskId }
  - id: address-book
    when: { event: '*systemaccepted', if: data.customerIdentifier = 'book' }
    do:
      - step: nimbus.addContact
        with: { addressBook: =settings.book, externalId: crm-1, firstName: Nora }
      - step: nimbus.addContact
        with: { addressBook: =settings.book, externalId: crm-2, mobilePhones: ['+447700900123'] }
      - step: nimbus.updateContact
        with: { addressBook: =settings.book, externalId: crm-1, firstName: Nora, lastName: Blake }
      - step: nimbus.getContacts
        with: { addressBook: =settings.book, externalIds: [crm-1, crm-2] }
        as: known
      - step: nimbus.removeContacts
        with: { addressBook: =settings.book, externalIds: '=results.known.contacts[lastName = "Blake"].externalId' }
      - step: nimbus.clearAddressBook
        with: { addressBook: =settings.book }
`;

describe('with routes of its own', () => {
  let test: TestStack;

  beforeAll(async () => {
    test = await startTestStack({ routes: ROUTES });
  });

  afterAll(() => test?.stop());

  /** What Nimbus got for an event, when the last of the expected requests was answered. */
  async function callsFor(customerIdentifier: string, count: number, isForIt: (path: string) => boolean) {
    const { nimbus } = test.simulators;
    const { id } = nimbus.startTask({ customerIdentifier });
    nimbus.moveTask(id, { move: 'accept' });
    const calls = () => nimbus.requests().filter(({ path, answer }) => isForIt(path) && answer?.status === 200);
    await eventually(() => calls().length >= count || undefined, `${count} calls`);
    return calls().map(({ method, path, body }) => ({ method, path, body }));
  }

  it('use case 5: a campaign plans, finds, changes and cancels a call', async () => {
    const calls = await callsFor('campaign', 4, (path) => /^\/v1\/scheduler-entries(\/[\da-f-]{36})?$/.test(path));
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'GET', 'PUT', 'DELETE']);
    expect(calls[2]?.body).toEqual({
      ReferenceId: 'CAMP-8',
      destination: 'nora@northwind.example',
      dueDateTimeUtc: '2031-03-06T09:00:00Z',
      serviceUpn: HELPDESK,
      maxAttempts: 3,
    });
    expect(calls[3]?.path).toBe(calls[2]?.path);
    expect(test.simulators.nimbus.state().schedulerEntries).toEqual([]);
  });

  it('use case 15: an external task is withdrawn before somebody has it', async () => {
    const calls = await callsFor('external', 2, (path) => /^\/v1\/ExternalTasks(\/[\da-f-]{36})?$/.test(path));
    expect(calls.map(({ method }) => method)).toEqual(['POST', 'DELETE']);
    expect(calls[0]?.body).toEqual({
      serviceUpn: HELPDESK,
      preferredUsers: [{ upn: 'mia.keller@contoso.example', priority: 5 }],
    });
  });

  it('use case 16: an address book is kept in step', async () => {
    const calls = await callsFor('book', 6, (path) => path.includes('/contacts'));
    expect(calls.map(({ method, path }) => [method, path.split('/contacts')[1]])).toEqual([
      ['POST', ''],
      ['POST', ''],
      ['PUT', ''],
      ['GET', ''],
      ['POST', '/delete'],
      ['POST', '/clear'],
    ]);
    expect(calls[2]?.body).toEqual({ externalId: 'crm-1', firstName: 'Nora', lastName: 'Blake' });
    expect(calls[4]?.body).toEqual(['crm-1']);
    expect(await test.peek('failed')).toEqual([]);
  });
});
