import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishEvent } from '../helpers/publish-event.ts';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

const DELIVERY_ID = /^[\w-]{43}$/;

const ROUTES = `
routes:
  - id: call-me
    when: { event: com.contoso.web.callme }
    do:
      - step: acd.createEvent
        with:
          type: Callback
          groupName: Callbacks
          sender: =data.phone
          subject: =data.topic
          body: =data.text
          priority: 120
          appointment: '2031-07-04T13:30:00Z'
        as: stored
      - step: crm.createActivity
        with:
          kind: task
          subject: ="jtel event " & results.stored.eventId & " " & results.stored.outcome
  - id: call-back
    when: { event: com.contoso.web.callback }
    do:
      - step: lucs.createCallback
        with:
          target: ="tel:" & data.phone
          serviceSip: sip:sales@corp.example
          secondsBetweenRetries: 60
          maxRetries: 2
          priority: High
          dueDate: '2031-07-04T15:30:00+02:00'
          description: =data.text
  - id: campaign
    when: { event: com.contoso.campaign.started }
    do:
      - step: acd.cloneCampaign
        with: { source: Renewals Q1, destination: =data.name }
        as: campaign
      - step: acd.importContact
        with:
          campaign: =results.campaign.campaignId
          name: Winterfeld
          firstName: Jona
          phoneNumbers: ['+493023125061', '+4917139200041']
          overwriteDuplicates: =data.overwrites
        as: contact
      - step: crm.createActivity
        with:
          kind: task
          subject: ="campaign " & results.campaign.campaignId & " contact " & results.contact.contactId
`;

let test: TestStack;

beforeAll(async () => {
  test = await startTestStack({ routes: ROUTES, registers: false, settings: { ACD_TIME_ZONE: 'Europe/London' } });
});

afterAll(() => test?.stop());

beforeEach(() => {
  for (const simulator of [test.simulators.lucs, test.simulators.acd, test.simulators.crm]) simulator.clear();
});

const tell = (type: string, data: Readonly<Record<string, unknown>>) =>
  publishEvent(test, { source: '/contoso', type: `com.contoso.${type}`, subject: randomUUID(), data });
const result = (eventId: string, step: string, how: string) =>
  eventually(
    () => test.lines.find((line) => [eventId, `step=${step} `, `result=${how}`].every((part) => line.includes(part))),
    `${step} to be ${how}`,
  );
const noted = (subject: string) =>
  eventually(
    () => test.simulators.crm.requests().find(({ body }) => JSON.stringify(body ?? '').includes(`"${subject}"`)),
    `"${subject}" in the CRM`,
  );
const sent = (vendor: 'lucs' | 'acd') =>
  test.simulators[vendor].requests().map(({ method, path }) => `${method} ${path.replace('/rest/v1.0/7', '')}`);

describe('a duplicate event of jtel ACD', () => {
  it('is merged with the first one, which later steps see', async () => {
    const { acd } = test.simulators;
    const asked = { phone: '+4917139200041', topic: 'Delivery date' };

    await tell('web.callme', { ...asked, text: 'In the afternoon' });
    await noted('jtel event 90240 created');
    await tell('web.callme', { ...asked, topic: 'Invoice', text: 'At once' });
    await noted('jtel event 90240 merged');
    await tell('web.callme', { ...asked, phone: '+4917139200042', text: 'Another caller' });
    await noted('jtel event 90241 created');

    const [first, second] = acd.requests().filter(({ method }) => method === 'POST');
    expect(first?.body).toEqual({
      AcdEventTypesID: 3,
      AcdGroupsID: 45,
      Sender: '4917139200041',
      Subject: 'Delivery date',
      Body: 'In the afternoon',
      UserData: expect.stringMatching(DELIVERY_ID),
      nPriority: 120,
      dtAppointmentDate: '2031-07-04',
      dtAppointmentTime: '14:30',
    });
    expect(second?.answer?.body).toMatchObject({ records: [{ ID: 90240, Result_: 'UPDATED' }] });
    expect(acd.state().events).toMatchObject([
      { id: 90240, comments: ['Invoice'] },
      { id: 90241, comments: [] },
    ]);
  });
});

describe('an answer that gets lost', () => {
  it('of LUCS to a callback leaves one callback', async () => {
    const { lucs } = test.simulators;
    lucs.answerNext({ match: { method: 'POST', path: '/v1.0/callbacks' }, reset: true, afterEffect: true });

    const event = await tell('web.callback', { phone: '+41 31 555 01 23', text: `Order 4711, ${'long '.repeat(40)}` });

    await result(event, 'lucs.createCallback', '"found done"');
    expect(sent('lucs')).toEqual(['POST /v1.0/callbacks', 'POST /v1.0/callbacks/search']);
    const [create, search] = lucs.requests();
    expect(create?.body).toEqual({
      Target: 'tel:+41315550123',
      MaxRetries: 2,
      SecondsBetweenRetries: 60,
      ServiceSip: 'sip:sales@corp.example',
      Priority: 'High',
      DueDate: '04.07.2031 13:30:00',
      Description: `Order 4711, ${'long '.repeat(40)}`.slice(0, 150),
      ExternalTaskId: expect.stringMatching(DELIVERY_ID),
    });
    expect(search?.body).toEqual({ ExternalTaskId: Reflect.get(Object(create?.body), 'ExternalTaskId') });
    expect(lucs.state().callbacks).toHaveLength(1);
  });

  it('of jtel ACD to an event leaves one event', async () => {
    const { acd } = test.simulators;
    acd.answerNext({ match: { method: 'POST' }, status: 502, afterEffect: true });

    const event = await tell('web.callme', { phone: '+4917139200041', topic: 'Delivery date' });

    await result(event, 'acd.createEvent', '"found done"');
    expect(sent('acd').slice(-2)).toEqual(['POST /acd/events/create', 'GET /acd/events']);
    const [stored, ...others] = acd.state().events;
    expect(others).toEqual([]);
    expect(stored?.comments).toEqual([]);
    await noted(`jtel event ${stored?.id} created`);
  });

  it.each([
    ['found again', false, ['POST /dialler/contacts/import', 'POST /dialler/contacts']],
    ['written over', true, ['POST /dialler/contacts/import', 'POST /dialler/contacts/import']],
  ])(
    'of jtel ACD to a clone and an import leaves one campaign, and one contact that is %s',
    async (_, overwrites, asked) => {
      const { acd } = test.simulators;
      acd.answerNext(
        { match: { path: '/rest/v1.0/7/dialler/campaigns/clone' }, reset: true, afterEffect: true },
        { match: { path: '/rest/v1.0/7/dialler/contacts/import' }, status: 504, afterEffect: true },
      );

      const event = await tell('campaign.started', { name: 'Renewals Q3', overwrites });

      await result(event, 'acd.cloneCampaign', '"found done"');
      await noted('campaign 552 contact 215501');
      expect(sent('acd')).toEqual(['POST /dialler/campaigns/clone', 'GET /dialler/campaigns/campaign', ...asked]);
      const [clone, find, imported] = acd.requests();
      expect(clone?.body).toEqual({
        source: 'Renewals Q1',
        destination: 'Renewals Q3',
        userData: expect.stringMatching(DELIVERY_ID),
      });
      expect(find?.query).toEqual({ name: 'Renewals Q3' });
      expect(imported?.query).toEqual({ overwriteDuplicates: String(overwrites) });
      expect(imported?.body).toEqual({
        DiallerCampaignsID: 552,
        UserData: expect.stringMatching(DELIVERY_ID),
        Name: 'Winterfeld',
        FirstName: 'Jona',
        PhoneNumber1: '493023125061',
        PhoneNumber2: '4917139200041',
      });
      expect(acd.state().campaigns.map(({ name }) => name)).toEqual(['Renewals Q1', 'Renewals Q2', 'Renewals Q3']);
      expect(acd.state().contacts).toMatchObject([{ campaignId: 552, values: { Name: 'Winterfeld' } }]);
    },
  );
});
