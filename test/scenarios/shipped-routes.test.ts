import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../shared/events/cloud-event.ts';
import { publishEvent } from '../helpers/publish-event.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack();
});

afterAll(() => test?.stop());

describe('external-task-to-lucs', () => {
  it('hands an external task of Nimbus on to LUCS', async () => {
    const payload = {
      taskId: 'external-1',
      event: 'Created',
      direction: 'None',
      modality: 'ExternalTask',
      customerIdentifier: 'CUST-1009',
      serviceUPN: 'helpdesk@contoso.example',
    };

    const [callback] = await test.simulators.nimbus.raise({ webhook: 'task', payload });

    expect(callback?.status).toBe(202);
    const request = await eventually(() => test.simulators.lucs.requests()[0], 'a call to LUCS');
    expect(request.body).toEqual({
      Service: '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f',
      Required: { Im: false, Audio: false, Video: false, DesktopSharing: false, ConversationContext: true },
      DistributeToAgent: true,
      ExternalTaskId: expect.stringMatching(/^[\w-]{43}$/),
      Caller: 'CUST-1009',
    });
  });
});

describe('scheduled-call-outcome', () => {
  it('finds the contact by e-mail address when the destination is a UPN, and leaves jtel ACD alone', async () => {
    const payload = {
      schedulerEntryId: 'entry-1',
      event: 'Completed',
      completionReason: 'LimitReached',
      ReferenceId: 'CB-2025-118',
      destination: 'nora.blake@customer.example',
      serviceUpn: 'helpdesk@contoso.example',
      maxAttempts: 1,
      customer: null,
    };

    await test.simulators.nimbus.raise({ webhook: 'schedulerEntry', payload });

    const { crm, acd } = test.simulators;
    const activity = await eventually(() => crm.requests().find(({ method }) => method === 'PATCH'), 'an activity');
    expect(crm.requests()[0]?.query.$filter).toBe("emailaddress1 eq 'nora.blake@customer.example'");
    expect(activity.body).toEqual({
      subject: 'Scheduled call ended LimitReached',
      description: 'Reference CB-2025-118, at most 1 attempts',
      directioncode: true,
      'regardingobjectid_contact_phonecall@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000001)',
    });
    expect(acd.requests()).toEqual([]);
  });
});

describe('routes that a setting turns on', () => {
  const addressBook = '4b1a6d0e-52f7-4a38-9a55-6c0f3d2e1b10';
  const settings = {
    addressBook,
    lucsCallbackService: '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70',
    lucsFollowsTasks: true,
    enreachClosingAttempts: '4, 9',
    acdCallbacksToCrm: true,
  };
  let on: TestStack;

  beforeAll(async () => {
    on = await startTestStack({ settings: { BRIDGE_ROUTE_SETTINGS: JSON.stringify(settings) } });
  });

  afterAll(() => on?.stop());

  const publish = (parts: Partial<CloudEvent>) => publishEvent(on, parts);
  const lucsCalls = (path: RegExp) => on.simulators.lucs.requests().filter((request) => path.test(request.path));
  const callbackFor = (key: string) =>
    on.simulators.lucs.state().callbacks.find(({ request }) => request.externalTaskId === key);
  const done = (eventId: string, route: string) =>
    eventually(
      () => on.lines.find((line) => line.includes(eventId) && line.includes(`route=${route} `) && /=done/.test(line)),
      `${route} for ${eventId}`,
    );

  describe('missed-call-lucs-callback', () => {
    it('use case 4: LUCS calls back as well as jtel ACD', async () => {
      const { id } = on.simulators.nimbus.startTask({ callerTelNumber: '+441632960155' });
      on.simulators.nimbus.moveTask(id, { move: 'terminate' });

      const callback = await eventually(() => lucsCalls(/\/callbacks$/)[0], 'a callback at LUCS');

      expect(callback).toMatchObject({ method: 'POST', path: '/v1.0/callbacks', answer: { status: 200 } });
      expect(callback.body).toEqual({
        Target: 'tel:+441632960155',
        ServiceId: settings.lucsCallbackService,
        SecondsBetweenRetries: 300,
        Priority: 'Normal',
        Description: 'Missed call at Helpdesk service',
        ExternalTaskId: id,
      });
      const event = await eventually(() => on.simulators.acd.state().events[0], 'an event at jtel ACD');
      expect(event.request).toMatchObject({ sender: '441632960155', subject: 'Missed call at Helpdesk service' });
    });
  });

  describe('rte-callback-to-lucs and rte-callback-closed', () => {
    const source = '/enreach/callList/6e0a4e0c-92c4-4a4e-8a57-2f64c1b7a3d0';
    const requested = (callBackId: string, callerNumber: string) =>
      publish({
        source,
        type: 'com.enreach.rte.callbackrequestnotification',
        subject: callBackId,
        data: { callBackId, callerNumber, calledNumber: '+35891234500' },
      });
    const changed = (callBackId: string, data: Readonly<Record<string, unknown>>, type = 'callbackchanged') =>
      publish({ source, type: `com.enreach.rte.${type}`, subject: callBackId, data: { callBackId, ...data } });

    it.each([
      ['its closing is told', 'callbackclosed', {}],
      ['its last attempt is of a closing type', 'callbackchanged', { lastAttemptTypeId: 9 }],
      ['it expired', 'usercallbackchanged', { expiryDate: '2025-03-05T14:06:59.9999999Z' }],
    ])('keeps the callback at LUCS until %s', async (_what, type, closing) => {
      const id = randomUUID();
      await requested(id, '+358401234567');
      const callback = await eventually(() => callbackFor(id), 'a callback at LUCS');
      const created = lucsCalls(/\/callbacks$/).find(({ body }) => JSON.stringify(body).includes(id));
      expect(created?.body).toEqual({
        Target: 'tel:+358401234567',
        ServiceId: settings.lucsCallbackService,
        SecondsBetweenRetries: 300,
        Priority: 'Normal',
        Description: 'Asked for a callback at +35891234500',
        ExternalTaskId: id,
      });

      const open = await changed(id, { lastAttemptTypeId: 3, expiryDate: '9999-12-31T23:59:59.9999999Z' });
      await eventually(() => on.lines.find((line) => line.includes(open) && line.includes('to=none')), 'no route');
      await changed(id, closing, type);

      await eventually(() => callbackFor(id)?.isCancelled || undefined, 'the end of the callback');
      expect(lucsCalls(/\/cancel$/).at(-1)).toMatchObject({
        method: 'POST',
        path: `/v1.0/callbacks/${callback.id}/cancel`,
        body: null,
        answer: { status: 200 },
      });
    });

    it('cancels a callback that LUCS did not take at once, when it has taken it', async () => {
      const id = randomUUID();
      on.simulators.lucs.answerNext({ match: { method: 'POST', path: '/v1.0/callbacks' }, status: 503, times: 5 });
      await requested(id, '+358401234567');
      await changed(id, {}, 'callbackclosed');
      await eventually(() => callbackFor(id)?.isCancelled || undefined, 'the end of the callback');
    });

    it('leaves LUCS alone for a number that was withheld, and for a callback that it has not', async () => {
      const withheld = await requested(randomUUID(), 'anonymous');
      await eventually(() => on.lines.find((line) => line.includes(withheld) && line.includes('to=none')), 'no route');

      const cancels = lucsCalls(/\/cancel$/).length;
      await done(await changed(randomUUID(), {}, 'callbackclosed'), 'rte-callback-closed');
      expect(lucsCalls(/\/cancel$/)).toHaveLength(cancels);
    });
  });

  describe('external-task-to-lucs, external-task-taken and external-task-ended', () => {
    const mirrorOf = (customer: string) =>
      on.simulators.lucs.state().tasks.find(({ request }) => request.caller === customer);
    const mirrorIs = (state: string, customer: string) =>
      eventually(
        () => (mirrorOf(customer)?.state === state ? mirrorOf(customer) : undefined),
        `a task ${state} at LUCS`,
      );
    const eventAbout = (taskId: string, type: string) =>
      eventually(
        () =>
          on.lines
            .map((line) => /accepted .*event=(\S+) type=(\S+) subject=(\S+)/.exec(line) ?? [])
            .find(([, , told, subject]) => told?.endsWith(type) && subject === taskId)?.[1],
        `the event ${type}`,
      );

    beforeEach(() => on.simulators.lucs.clear());

    it.each([
      ['waits in the queue', 'manual', 'InQueue', () => undefined],
      ['was offered to an agent by hand', 'manual', 'Distributed', (id: string) => on.simulators.lucs.distribute(id)],
      ['is offered to agents without a pause', 'automatic', 'Distributed', () => undefined],
      [
        'an agent has taken',
        'manual',
        'Established',
        (id: string) => {
          on.simulators.lucs.distribute(id);
          on.simulators.lucs.confirm(id);
        },
      ],
    ] as const)('use case 15: a user of Nimbus takes what %s in LUCS', async (what, distribution, state, move) => {
      const { nimbus, lucs } = on.simulators;
      lucs.behave({ distribution });
      const { id } = nimbus.startTask({ modality: 'ExternalTask', direction: 'None', customerIdentifier: what });
      const { id: mirror } = await eventually(() => mirrorOf(what), 'a task at LUCS');
      move(mirror);
      await mirrorIs(state, what);

      for (const step of ['accept', 'queue', 'ring', 'userAccepted'] as const) nimbus.moveTask(id, { move: step });
      await done(await eventAbout(id, 'useraccepted'), 'external-task-taken');
      expect(mirrorOf(what)).toMatchObject({ state: 'Terminated' });

      nimbus.moveTask(id, { move: 'terminate' });
      await done(await eventAbout(id, 'terminated'), 'external-task-ended');
      const told = lucsCalls(/\/tasks\/./).filter(({ method }) => method === 'POST');
      expect(told.map(({ path, answer }) => [path, answer?.status])).toEqual([
        [`/v1.0/tasks/${mirror}/terminate`, 200],
        [`/v1.0/tasks/${mirror}/terminate`, 404],
      ]);
    });

    it('use case 15: what ends without anybody having taken it ends at LUCS too', async () => {
      const { nimbus } = on.simulators;
      const { id } = nimbus.startTask({ modality: 'ExternalTask', direction: 'None', customerIdentifier: 'CUST-1009' });
      await mirrorIs('InQueue', 'CUST-1009');
      nimbus.moveTask(id, { move: 'terminate' });
      await mirrorIs('Terminated', 'CUST-1009');
    });
  });

  describe('acd-callback-crm-task', () => {
    it('notes what callers left with jtel ACD on their timeline', async () => {
      const { acd, crm } = on.simulators;
      const caller = '+441632960188';
      const callback = await acd.raiseCallback({ caller: '+441632960000', callbackNumber: caller, acdGroupsId: 41 });
      const voiceMail = await acd.raiseVoicemail({ caller, acdGroupsId: 41 });

      expect([callback, voiceMail]).toMatchObject([
        { isHandled: true, request: { CallbackNumber: '441632960188' } },
        { isHandled: true },
      ]);
      const tasks = await eventually(() => {
        const written = crm.requests().filter(({ body }) => JSON.stringify(body ?? '').includes('jtel ACD, '));
        return written.length === 2 ? written : undefined;
      }, 'two tasks in the CRM');
      const onTimeline = {
        scheduledend: expect.stringMatching(/Z$/),
        'regardingobjectid_contact_task@odata.bind': '/contacts(c0a80101-0000-4000-8000-000000000002)',
      };
      expect(tasks.map(({ body }) => body)).toEqual(
        expect.arrayContaining([
          {
            ...onTimeline,
            subject: 'Call back Ada Moss',
            description: `jtel ACD, ${callback.request.ServiceNumbersName}, event ${callback.eventId}`,
          },
          {
            ...onTimeline,
            subject: 'Voice mail from Ada Moss',
            description: `jtel ACD, ${callback.request.ServiceNumbersName}, event ${voiceMail.eventId}`,
          },
        ]),
      );
    });
  });

  describe('address-book-add, address-book-change and address-book-remove', () => {
    it("use case 16: an address book is kept in step with another system's contacts", async () => {
      const contact = { externalId: 'crm-1', firstName: 'Nora', lastName: 'Blake', businessPhones: ['+441632960123'] };
      const tell = (what: string, data: Readonly<Record<string, unknown>>) =>
        publish({ source: '/crm', type: `com.contoso.crm.contact.${what}`, subject: 'crm-1', data });
      const stored = () =>
        on.simulators.nimbus.state().addressBooks.find(({ id }) => id === addressBook)?.contacts ?? [];

      await tell('created', contact);
      await eventually(() => (stored().length === 1 ? true : undefined), 'the contact in the book');
      expect(stored()[0]).toMatchObject(contact);

      await tell('changed', { ...contact, lastName: 'Moss' });
      await eventually(() => stored().find(({ lastName }) => lastName === 'Moss'), 'the change');

      await tell('deleted', { externalId: 'crm-1' });
      await eventually(() => (stored().length === 0 ? true : undefined), 'the end of the contact');
    });
  });

  it('leave nothing among the failed', async () => {
    expect(await on.peek('failed')).toEqual([]);
  });
});
