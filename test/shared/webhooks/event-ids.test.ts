import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { nimbusFixture } from '../../helpers/nimbus-fixtures.ts';
import { ReceiverUnderTest, takenId } from './receiver-under-test.ts';

const body = nimbusFixture('task-terminated-handled');
const SECOND = 1_000;

describe('the id that the sender gives', () => {
  it.each([
    [{ 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' }, 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'],
    [{ 'ce-id': 'occurrence-5' }, 'occurrence-5'],
  ])('is the event’s: %j', async (headers, id) => {
    const receiver = new ReceiverUnderTest();
    const given = Object.fromEntries(Object.entries(headers));
    expect((await receiver.event(body, given)).id).toBe(id);
    receiver.nowMs += 3_600 * SECOND;
    expect((await receiver.event(body, given)).id).toBe(id);
    expect(receiver.table.rows).toEqual([]);
  });

  it('is the event’s in structured mode, whose payload becomes the data', async () => {
    const receiver = new ReceiverUnderTest();
    const envelope = { specversion: '1.0', id: 'occurrence-6', source: '/x', type: 'y', data: body };
    const event = await receiver.event(envelope, { 'content-type': 'application/cloudevents+json' });
    expect([event.id, event.source, event.type]).toEqual([
      'occurrence-6',
      '/nimbus/servicedesk@litware.example',
      'com.luware.nimbus.task.taskterminated',
    ]);
    expect(event.data.customerIdentifier).toBe('C-20731');
  });

  it('of a flow run is the event’s together with the content', async () => {
    const receiver = new ReceiverUnderTest();
    const run = { 'x-ms-workflow-run-id': '08584500000000000000CU00' };
    const first = await receiver.event(body, run);
    receiver.nowMs += 3_600 * SECOND;
    const repeated = await receiver.event(body, run);
    const other = await receiver.event({ ...body, updatedParameterValue: 'Refund' }, run);
    expect(first.id).toMatch(/^08584500000000000000CU00\.[\w-]{12}$/);
    expect(repeated.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
  });
});

describe('an id made of the content', () => {
  it('is the same for a repeat within 30 seconds, and new after that', async () => {
    const receiver = new ReceiverUnderTest();
    const first = await receiver.event(body);
    receiver.nowMs += 29_999;
    expect((await receiver.event(body)).id).toBe(first.id);
    receiver.nowMs += 1;
    const second = await receiver.event(body);
    expect(second.id).not.toBe(first.id);
    receiver.nowMs += 29_999;
    expect((await receiver.event(body)).id).toBe(second.id);
  });

  it('does not depend on headers, which differ from try to try', async () => {
    const receiver = new ReceiverUnderTest();
    const first = await receiver.event(body, { date: 'Wed, 11 Feb 2026 08:00:00 GMT', 'x-request-id': '1' });
    const second = await receiver.event(body, { date: 'Wed, 11 Feb 2026 08:00:09 GMT', 'x-request-id': '2' });
    expect(second.id).toBe(first.id);
  });

  it('differs for different content at the same moment', async () => {
    const receiver = new ReceiverUnderTest();
    const ids = await Promise.all([
      receiver.post(body),
      receiver.post({ ...body, event: 'UserAccepted' }),
      receiver.post({ ...body, serviceUPN: 'other@litware.example' }),
      receiver.post({ ...body, unknown: 1 }),
    ]).then((answers) => answers.map(takenId));
    expect(new Set(ids).size).toBe(4);
  });

  it('is one for deliveries that arrive at once, first sighting or later', async () => {
    const receiver = new ReceiverUnderTest();
    const burst = async () =>
      new Set((await Promise.all(Array.from({ length: 8 }, () => receiver.post(body)))).map(takenId));
    const first = await burst();
    receiver.nowMs += 60 * SECOND;
    const second = await burst();
    expect([first.size, second.size, new Set([...first, ...second]).size]).toEqual([1, 1, 2]);
  });

  it('is one even when two instances replace an old sighting at the same time', async () => {
    const receiver = new ReceiverUnderTest();
    const old = await receiver.event(body);
    receiver.nowMs += 60 * SECOND;
    // Both have read the old row before either writes: what the clock says differs between them.
    let readers = 0;
    let release = () => {};
    const bothHaveRead = new Promise<void>((resolve) => (release = resolve));
    receiver.table.after = async (operation) => {
      if (operation !== 'get' || readers >= 2) return;
      readers += 1;
      if (readers === 2) release();
      await bothHaveRead;
    };
    const one = receiver.post(body);
    receiver.nowMs += 40;
    const ids = (await Promise.all([one, receiver.post(body)])).map(takenId);
    expect(readers).toBe(2);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(old.id);
  });
});

describe('an event that the bus may not have taken', () => {
  it('keeps its id when the sender tries again within ten minutes', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.busGoesDown();
    expect((await receiver.post(body)).status).toBe(503);
    receiver.nowMs += 60 * SECOND;
    expect((await receiver.post(body)).status).toBe(503);
    receiver.nowMs += 8 * 60 * SECOND;
    receiver.busRecovers();
    await receiver.event(body);
    expect(idsOf(receiver.published)).toHaveLength(1);
  });

  it('gets a new id after that', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.busGoesDown();
    await receiver.post(body);
    receiver.nowMs += 10 * 60 * SECOND;
    receiver.busRecovers();
    await receiver.event(body);
    expect(idsOf(receiver.published)).toHaveLength(2);
  });

  it('is the same as its repeats within 30 seconds of the try that succeeded, and no later', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.busGoesDown();
    await receiver.post(body);
    receiver.busRecovers();
    receiver.nowMs += 60 * SECOND;
    const taken = await receiver.event(body);
    receiver.nowMs += 29 * SECOND;
    expect((await receiver.event(body)).id).toBe(taken.id);
    receiver.nowMs += SECOND;
    expect((await receiver.event(body)).id).not.toBe(taken.id);
  });

  it('is not noted when the sender has an id of its own', async () => {
    const receiver = new ReceiverUnderTest();
    const first = await receiver.event(body);
    receiver.busGoesDown();
    expect((await receiver.post(body, { 'webhook-id': 'msg_1' })).status).toBe(503);
    receiver.busRecovers();
    receiver.nowMs += 60 * SECOND;
    expect((await receiver.event(body)).id).not.toBe(first.id);
  });
});

describe('while the table does not answer', () => {
  it('events are taken, and repeats in the same half minute recognised', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.table.goDown();
    const first = await receiver.event(body);
    receiver.nowMs += 29_999;
    expect((await receiver.event(body)).id).toBe(first.id);
    receiver.nowMs += 1;
    expect((await receiver.event(body)).id).not.toBe(first.id);
    expect(receiver.log.entries.filter(({ level }) => level === 'warn').map(({ fields }) => fields.reason)).toEqual([
      'TransientError',
      'TransientError',
      'TransientError',
    ]);
  });

  it('a bus that does not answer either is still told as 503', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.table.goDown();
    receiver.busGoesDown();
    expect((await receiver.post(body)).status).toBe(503);
  });

  it('a row that cannot be understood does no more harm than that', async () => {
    const receiver = new ReceiverUnderTest();
    await receiver.event(body);
    const [row] = receiver.table.rows;
    const keys = { partitionKey: String(row?.columns.partitionKey), rowKey: String(row?.columns.rowKey) };
    await receiver.table.replace({ ...keys, firstSeen: 'once' }, row?.version ?? '');
    expect((await receiver.post(body)).status).toBe(202);
    expect(receiver.log.entries.some(({ level }) => level === 'warn')).toBe(true);
  });
});

function idsOf(events: readonly CloudEvent[]): string[] {
  return [...new Set(events.map(({ id }) => id))];
}
