import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('address-book-add, address-book-change and address-book-remove', () => {
  const addressBook = '4b1a6d0e-52f7-4a38-9a55-6c0f3d2e1b10';
  let book: TestStack;

  beforeAll(async () => {
    book = await startTestStack({ settings: { BRIDGE_ROUTE_SETTINGS: JSON.stringify({ addressBook }) } });
  });

  afterAll(() => book?.stop());

  it("use case 16: an address book is kept in step with another system's contacts", async () => {
    const contact = { externalId: 'crm-1', firstName: 'Nora', lastName: 'Blake', businessPhones: ['+441632960123'] };
    const sender = book.bus.createSender('events');
    const tell = (what: string, data: Readonly<Record<string, unknown>>) =>
      sender.sendMessages({
        sessionId: 'lane-3',
        contentType: 'application/cloudevents+json',
        body: Buffer.from(
          JSON.stringify({
            specversion: '1.0',
            id: `${what}-1`,
            source: '/crm',
            type: `com.contoso.crm.contact.${what}`,
            subject: 'crm-1',
            time: '2026-03-04T08:15:02Z',
            data,
          }),
        ),
      });
    const stored = () =>
      book.simulators.nimbus.state().addressBooks.find(({ id }) => id === addressBook)?.contacts ?? [];

    await tell('created', contact);
    await eventually(() => (stored().length === 1 ? true : undefined), 'the contact in the book');
    expect(stored()[0]).toMatchObject(contact);

    await tell('changed', { ...contact, lastName: 'Moss' });
    await eventually(() => stored().find(({ lastName }) => lastName === 'Moss'), 'the change');

    await tell('deleted', { externalId: 'crm-1' });
    await eventually(() => (stored().length === 0 ? true : undefined), 'the end of the contact');
    expect(await book.peek('failed')).toEqual([]);
  });
});
