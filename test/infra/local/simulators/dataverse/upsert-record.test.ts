import { describe, expect, it } from 'vitest';
import { crmPerTest, firstId, nora, odataError } from './crm-under-test.ts';

const crm = crmPerTest();
const wantsRecord = { headers: { prefer: 'return=representation' } };

describe('PATCH', () => {
  const address = "tasks(bridge_deliverykey='d''1')";
  const patch = (body: unknown, headers: Record<string, string> = {}) =>
    crm.request('PATCH', address, { body, headers });

  it('creates with the key of the address, then updates; both answer 204 with that address', async () => {
    for (const subject of ['first', 'second']) {
      const answer = await patch({ subject });
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(answer.headers.get('odata-entityid')).toBe(`${crm.root()}/${address}`);
    }
    expect(crm.simulator.state().tasks).toMatchObject([
      { activityid: firstId, subject: 'second', bridge_deliverykey: "d'1" },
    ]);
  });

  it('tells creation from update when the record is asked for', async () => {
    expect((await patch({ subject: 'first' }, wantsRecord.headers)).status).toBe(201);
    const updated = await patch({ subject: 'second' }, wantsRecord.headers);
    expect(updated).toMatchObject({ status: 200, body: { activityid: firstId, subject: 'second' } });
  });

  it('changes only what is given, and the time of the change', async () => {
    await patch({ subject: 'first', description: 'kept' });
    crm.now += 5_000;
    await patch({ statecode: 1, statuscode: 5 });
    expect(crm.simulator.state().tasks).toMatchObject([
      {
        subject: 'first',
        description: 'kept',
        statecode: 1,
        statuscode: 5,
        createdon: '2025-03-05T09:00:00Z',
        modifiedon: '2025-03-05T09:00:05Z',
      },
    ]);
  });

  it('ignores the key in the body of an update', async () => {
    await patch({ subject: 'first' });
    await patch({ bridge_deliverykey: 'other' });
    expect(crm.simulator.state().tasks).toMatchObject([{ bridge_deliverykey: "d'1" }]);
  });

  it('clears a lookup with null', async () => {
    await patch({ 'regardingobjectid_contact_task@odata.bind': `/contacts(${nora})` });
    await patch({ 'regardingobjectid_contact_task@odata.bind': null });
    expect(crm.simulator.state().tasks).toMatchObject([{ _regardingobjectid_value: null }]);
  });

  it('forbids the update with If-None-Match: *', async () => {
    expect((await patch({ subject: 'first' }, { 'if-none-match': '*' })).status).toBe(204);
    expect(await patch({ subject: 'second' }, { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: odataError('0x80040237', 'A record with matching key values already exists.'),
    });
    expect((await patch({ subject: 'second' }, { 'if-none-match': 'null' })).status).toBe(204);
  });

  it('forbids the creation with If-Match: *', async () => {
    expect(await patch({ subject: 'first' }, { 'if-match': '*' })).toMatchObject({
      status: 404,
      body: odataError('0x80060891', 'task'),
    });
    await patch({ subject: 'first' });
    expect((await patch({ subject: 'second' }, { 'if-match': '*' })).status).toBe(204);
  });

  it('updates only the version it is given', async () => {
    const etag = (await patch({ subject: 'first' }, wantsRecord.headers)).headers.get('etag') ?? '';
    expect((await patch({ subject: 'second' }, { 'if-match': etag })).status).toBe(204);
    expect(await patch({ subject: 'third' }, { 'if-match': etag })).toMatchObject({
      status: 412,
      body: odataError('0x80060882', "The version of the existing record doesn't match"),
    });
  });

  it('upserts by primary key too', async () => {
    const path = `phonecalls(${firstId})`;
    expect((await crm.request('PATCH', path, { body: { subject: 'new' }, headers: { 'if-match': '*' } })).body).toEqual(
      odataError('0x80040217', `phonecall With Id = ${firstId} Does Not Exist`),
    );
    const answer = await crm.request('PATCH', path, { body: { subject: 'new' } });
    expect(answer.headers.get('odata-entityid')).toBe(`${crm.root()}/${path}`);
    expect(crm.simulator.state().phonecalls).toMatchObject([{ activityid: firstId, subject: 'new' }]);
  });

  it('refuses another record’s alternate key', async () => {
    await patch({ subject: 'first' });
    const path = 'tasks(ac000000-0000-4000-8000-00000000000f)';
    const answer = await crm.request('PATCH', path, { body: { bridge_deliverykey: "d'1" } });
    expect(answer).toMatchObject({ status: 412, body: odataError('0x80060892', 'bridge_deliverykey') });
  });

  it.each(['/', '<', '>', '*', '%', '&', ':', '\\', '?', '+'])('refuses a key with %s in it', async (character) => {
    const path = `tasks(bridge_deliverykey='${encodeURIComponent(`a${character}b`)}')`;
    expect((await crm.request('PATCH', path, { body: { subject: 'x' } })).status).toBe(400);
    expect(crm.simulator.state().tasks).toEqual([]);
  });
});
