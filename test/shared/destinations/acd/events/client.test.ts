import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../../../shared/errors.ts';
import { failureOf } from '../../bound-step.ts';
import { acd, fullList, line, missing, shortList } from '../acd-under-test.ts';

const event = {
  SkillsValue1: null,
  dtLastModified: '2024-03-11T08:16:40.902',
  AcdEventStatusID: '20',
  UserData: 5521,
  ID: '90211',
  Result_: null,
};
const read = { ...event, ID: 90211, AcdEventStatusID: 20, UserData: '5521' };

describe('List all AcdEvents of the client', () => {
  it('reads every record, as wide and oddly typed as it is', async () => {
    const { net, client } = acd(fullList(event, { ID: 2 }));
    expect(await client.listEvents()).toEqual([read, { ID: 2 }]);
    expect(line(net.only())).toBe('GET /acd/events');
    expect(net.only().headers).toEqual({ accept: 'application/json', authorization: 'Bearer token-1' });
    expect(net.only().body).toBeUndefined();
  });

  it('reads none', async () => expect(await acd(fullList()).client.listEvents()).toEqual([]));
});

describe('Get one AcdEvent', () => {
  it('reads the only record', async () => {
    const { net, client } = acd(shortList(event));
    expect(await client.getEvent(90211)).toEqual(read);
    expect(line(net.only())).toBe('GET /acd/events/event/90211');
  });

  it.each([
    ['a 404', missing],
    ['an empty list', shortList()],
  ])('has none after %s', async (_what, answer) => expect(await acd(answer).client.getEvent(1)).toBeUndefined());
});

describe('Create AcdEvent', () => {
  const content = { AcdEventTypesID: 3, Sender: '493023125014', Subject: 'Call back' };

  it('sends the body as it is documented', async () => {
    const { net, client } = acd(shortList(event));
    expect(await client.createEvent({ ...content, AcdGroupsID: 41 })).toEqual(read);
    expect(line(net.only())).toBe('POST /acd/events/create');
    expect(net.only().headers['content-type']).toBe('application/json');
    expect(net.only().body).toEqual({ ...content, AcdGroupsID: 41 });
  });

  it('gives the older event that jtel answers with where the group takes no duplicates', async () => {
    const { client } = acd(shortList({ ...event, Result_: 'UPDATED' }));
    expect(await client.createEvent({ ...content, AcdConfigurationGroupsID: 1, AcdAgentGroupsID: 2 })).toMatchObject({
      ID: 90211,
      Result_: 'UPDATED',
    });
  });

  it.each([
    ['AcdGroupsID', { ...content, AcdGroupsID: -1 }],
    ['Sender', { ...content, Sender: '', AcdGroupsID: 1 }],
    ['nPriority', { ...content, AcdGroupsID: 1, nPriority: 201 }],
    ['CrmURL', { ...content, AcdGroupsID: 1, CrmURL: 'no address' }],
    ['dtAppointmentDate', { ...content, AcdGroupsID: 1, dtAppointmentDate: '1.2.2025', dtAppointmentTime: '10:00' }],
  ])('sends nothing when %s does not fit', async (name, body) => {
    const { net, client } = acd();
    const failure = await failureOf(client.createEvent(body));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toMatch(new RegExp(`^"create event" does not fit the jtel ACD API: ${name}: [^;]+$`));
    expect(net.requests).toEqual([]);
  });

  it('offers no way to give two targets, half of one, or half an appointment', async () => {
    const { net, client } = acd();
    // @ts-expect-error: a group and a pair
    const both = client.createEvent({ ...content, AcdGroupsID: 1, AcdConfigurationGroupsID: 2, AcdAgentGroupsID: 3 });
    // @ts-expect-error: half of a pair
    const half = client.createEvent({ ...content, AcdConfigurationGroupsID: 2 });
    // @ts-expect-error: no target
    const none = client.createEvent(content);
    // @ts-expect-error: a time without its date
    const timeOnly = client.createEvent({ ...content, AcdGroupsID: 1, dtAppointmentTime: '10:00' });
    for (const call of [both, half, none, timeOnly]) {
      expect((await failureOf(call)).message).toMatch(/body: expected (either AcdGroupsID|both dtAppointmentDate)/);
    }
    expect(net.requests).toEqual([]);
  });
});

describe('List AcdEventTypes', () => {
  it('reads ids and ShortTexts', async () => {
    const { net, client } = acd(fullList({ ShortText: 'AcdEventTypes.VoiceMail', ID: 1 }));
    expect(await client.listEventTypes()).toEqual([{ ID: 1, ShortText: 'AcdEventTypes.VoiceMail' }]);
    expect(line(net.only())).toBe('GET /acd/events/types');
  });
});

describe('List AcdEventStatus', () => {
  it('reads ids and ShortTexts, the id 0 among them', async () => {
    const { net, client } = acd(fullList({ ShortText: 'AcdEventStatus.EnterSystem', ID: 0 }));
    expect(await client.listEventStatuses()).toEqual([{ ID: 0, ShortText: 'AcdEventStatus.EnterSystem' }]);
    expect(line(net.only())).toBe('GET /acd/events/status');
  });
});
