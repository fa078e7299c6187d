import { describe, expect, it } from 'vitest';
import { crmPerTest, firstId, nora, odataError } from './crm-under-test.ts';

const crm = crmPerTest();
const wantsRecord = { headers: { prefer: 'return=representation' } };

describe('POST', () => {
  it('creates an activity with 204, its address and the defaults', async () => {
    const body = {
      subject: 'Missed call',
      phonenumber: '+441632960123',
      directioncode: false,
      actualend: '2025-03-05T08:59:00Z',
      'regardingobjectid_contact_phonecall@odata.bind': `/contacts(${nora})`,
      bridge_deliverykey: 'd-1',
      statecode: 1,
      createdon: '2000-01-01T00:00:00Z',
    };
    const answer = await crm.request('POST', 'phonecalls', { body });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers.get('odata-entityid')).toBe(`${crm.root()}/phonecalls(${firstId})`);
    expect(crm.simulator.state().phonecalls).toEqual([
      expect.objectContaining({
        activityid: firstId,
        activitytypecode: 'phonecall',
        subject: 'Missed call',
        directioncode: false,
        leftvoicemail: false,
        prioritycode: 1,
        statecode: 0,
        statuscode: 1,
        createdon: '2025-03-05T09:00:00Z',
        modifiedon: '2025-03-05T09:00:00Z',
        _regardingobjectid_value: nora,
        bridge_deliverykey: 'd-1',
        description: null,
      }),
    ]);
  });

  it('answers 201 with the record when asked to', async () => {
    const answer = await crm.request('POST', 'tasks?$select=subject', {
      body: { subject: 'Call back' },
      ...wantsRecord,
    });
    expect(answer).toMatchObject({ status: 201, body: { subject: 'Call back', activityid: firstId } });
    expect(answer.headers.get('preference-applied')).toBe('return=representation');
    expect(answer.headers.get('odata-entityid')).toBeNull();
    expect(answer.headers.get('etag')).toMatch(/^W\//);
  });

  it.each([`contacts(${nora})`, `/contacts(${nora})`, `https://crm.example/api/data/v9.2/contacts(${nora})`])(
    'binds a lookup to %s',
    async (link) => {
      await crm.request('POST', 'tasks', { body: { subject: 'x', 'regardingobjectid_contact@odata.bind': link } });
      expect(crm.simulator.state().tasks).toMatchObject([{ _regardingobjectid_value: nora }]);
    },
  );

  it.each<[string, unknown, number, unknown]>([
    ['broken JSON', '{', 400, odataError('0x80048d19', 'not a JSON object')],
    [
      'an unknown property',
      { Subject: 'x' },
      400,
      odataError('0x0', "Invalid property 'Subject' was found in entity 'Microsoft.Dynamics.CRM.task'."),
    ],
    ['a property of Object', { constructor: 'x' }, 400, odataError('0x0', "Invalid property 'constructor'")],
    [
      'an unknown lookup',
      { 'regardingobjectid@odata.bind': `/contacts(${nora})` },
      400,
      odataError('0x80048d19', "An undeclared property 'regardingobjectid'"),
    ],
    [
      'a lookup to nobody',
      { 'regardingobjectid_contact@odata.bind': `/contacts(${firstId})` },
      404,
      odataError('0x80040217', `contact With Id = ${firstId} Does Not Exist`),
    ],
    [
      'a lookup to another set',
      { 'regardingobjectid_contact@odata.bind': `/tasks(${firstId})` },
      400,
      odataError('0x80048d19', "does not point to a record of 'contacts'"),
    ],
    [
      'a lookup to an unknown set',
      { 'regardingobjectid_contact@odata.bind': `/people(${nora})` },
      404,
      odataError('0x8006088a', "'people'"),
    ],
    [
      'a lookup that cannot be decoded',
      { 'regardingobjectid_contact@odata.bind': '/contacts(%)' },
      400,
      odataError('0x80060888', 'not valid'),
    ],
    [
      'a number for a text',
      { subject: 7 },
      400,
      odataError('0x80048d19', "Cannot convert the literal '7' to the expected type 'Edm.String'."),
    ],
    ['a text for a number', { percentcomplete: '50' }, 400, odataError('0x80048d19', "'Edm.Int32'")],
    [
      'a time without a zone',
      { scheduledend: '2025-03-05T09:00:00' },
      400,
      odataError('0x80048d19', "'Edm.DateTimeOffset'"),
    ],
    [
      'an overlong text',
      { subject: 'x'.repeat(201) },
      400,
      odataError(
        '0x80044331',
        "The length of the 'subject' attribute of the 'task' entity exceeded the maximum allowed length of '200'.",
      ),
    ],
    [
      'an option that does not exist',
      { prioritycode: 9 },
      400,
      odataError('0x8004431a', 'outside the valid range. Accepted Values: 0,1,2'),
    ],
  ])('refuses %s', async (_name, body, status, refusal) => {
    expect(await crm.request('POST', 'tasks', { body })).toMatchObject({ status, body: refusal });
    expect(crm.simulator.state().tasks).toEqual([]);
  });

  it('refuses a body that is not declared as JSON', async () => {
    const options = { body: { subject: 'x' }, headers: { 'content-type': 'text/plain' } };
    expect((await crm.request('POST', 'tasks', options)).status).toBe(415);
  });

  it('refuses an alternate key that is taken, in any case, but not its absence', async () => {
    await crm.request('POST', 'tasks', { body: { subject: 'a', bridge_deliverykey: 'Key-1' } });
    expect(await crm.request('POST', 'tasks', { body: { subject: 'b', bridge_deliverykey: 'key-1' } })).toMatchObject({
      status: 412,
      body: odataError('0x80060892', 'bridge_deliverykey already exists'),
    });
    await crm.request('POST', 'tasks', { body: { subject: 'c' } });
    expect((await crm.request('POST', 'tasks', { body: { subject: 'd' } })).status).toBe(204);
  });

  it('stays done when its answer is lost', async () => {
    crm.simulator.answerNext({ afterEffect: true, reset: true });
    await expect(crm.request('POST', 'tasks', { body: { bridge_deliverykey: 'd-1' } })).rejects.toThrow();
    expect(await crm.request('GET', "tasks(bridge_deliverykey='d-1')")).toMatchObject({
      body: { activityid: firstId },
    });
  });
});
