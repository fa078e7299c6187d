import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCasing, recase } from '../../helpers/casing.ts';
import { nimbusFixture, taskFixtures } from '../../helpers/nimbus-fixtures.ts';
import { placesOf, publishedObject } from '../../helpers/published-definition.ts';
import { anyEventName, anyPayload, anySubject } from '../events/arbitrary-payload.ts';
import { problemOf, ReceiverUnderTest, takenId } from './receiver-under-test.ts';

const shape = publishedObject('TaskEventData');
const knownKeys = new Set(placesOf(shape).map(({ keys }) => keys.at(-1)?.toLowerCase()));
const isKnown = (key: string) => knownKeys.has(key.toLowerCase());

const anyTask = fc
  .tuple(anyPayload(shape), anySubject, anyEventName)
  .map(([payload, taskId, event]) => ({ ...payload, taskId, event }));

const anyUnknown = fc.dictionary(
  fc.string().filter((key) => !isKnown(key) && key !== '__proto__'),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 3, noNullPrototype: true },
);

describe('a webhook that is taken', () => {
  it.each(taskFixtures)('gives an event of %s with all its attributes', async (name) => {
    const receiver = new ReceiverUnderTest();
    const event = await receiver.event(nimbusFixture(name));
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[\w-]{22}$/),
      source: expect.stringMatching(/^\/nimbus\/[a-z]+@litware\.example$/),
      type: expect.stringMatching(/^com\.luware\.nimbus\.task\.[a-z]+$/),
      subject: event.data.taskId,
      time: expect.stringMatching(/^2026-02-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      datacontenttype: 'application/json',
      data: expect.objectContaining({ taskId: expect.any(String), event: expect.any(String) }),
    });
  });

  it('is answered with the event’s id', async () => {
    const receiver = new ReceiverUnderTest();
    const answer = await receiver.post(nimbusFixture('task-system-accepted'));
    expect(answer).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: receiver.published[0]?.id }),
    });
  });

  it('has the payload’s time, else that of its arrival', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.nowMs = Date.parse('2026-03-01T12:00:00.25Z');
    expect((await receiver.event(nimbusFixture('task-missed-anonymous'))).time).toBe('2026-02-11T16:03:31.000Z');
    expect((await receiver.event(nimbusFixture('task-system-accepted'))).time).toBe('2026-03-01T12:00:00.250Z');
    const nonsense = nimbusFixture('task-missed-anonymous', { terminated: '31.02.2026' });
    expect((await receiver.event(nonsense)).time).toBe('2026-03-01T12:00:00.250Z');
  });

  it('gives the same event for every casing of the known keys', async () => {
    await fc.assert(
      fc.asyncProperty(anyTask, anyUnknown, anyCasing, async (task, unknown, casing) => {
        const receiver = new ReceiverUnderTest();
        const plain = await receiver.event({ ...unknown, ...task });
        const recased = await receiver.event({ ...unknown, ...recase(task, casing, isKnown) });
        expect(recased).toEqual(plain);
        expect(plain.data).toMatchObject(JSON.parse(JSON.stringify(unknown)));
        expect(Object.keys(plain.data)).toHaveLength(Object.keys({ ...unknown, ...task }).length);
      }),
    );
  });

  it('gives the same event whether a known key is null, empty or absent', async () => {
    const nothing = fc.constantFrom(null, '', undefined);
    const optional = Object.keys(shape.properties).filter((key) => key !== 'taskId' && key !== 'event');
    const gaps = fc.record(Object.fromEntries(optional.map((key) => [key, nothing])), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(anyTask, gaps, async (task, gap) => {
        const receiver = new ReceiverUnderTest();
        expect(await receiver.event({ ...gap, ...task })).toEqual(await receiver.event(task));
      }),
    );
  });

  it('keeps unknown keys, and reads numbers and booleans that came as text', async () => {
    const receiver = new ReceiverUnderTest();
    const odd = {
      outboundAttempt: '3',
      isAnonymous: 'True',
      empty: '',
      nothing: null,
      deep: { List: [{ Key: null }] },
    };
    const { data } = await receiver.event(nimbusFixture('task-missed-anonymous', odd));
    expect(data).toMatchObject({ ...odd, outboundAttempt: 3, isAnonymous: true });
  });

  it('takes keys that mean something to JavaScript without harm', async () => {
    const receiver = new ReceiverUnderTest();
    const body =
      '{"taskId":"t","event":"e","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"taskInformation":{"__proto__":{"polluted":1}}}';
    takenId(await receiver.postBytes(Buffer.from(body), { 'content-type': 'application/json' }));
    const data = receiver.published[0]?.data ?? {};
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(data.taskInformation).toEqual({});
    expect(data).toMatchObject({ taskId: 't', event: 'e' });
  });

  it('is answered only when the bus has confirmed the event', async () => {
    const receiver = new ReceiverUnderTest();
    let confirm = () => {};
    receiver.bus = () => new Promise((resolve) => (confirm = resolve));
    let answered = false;
    const answer = receiver.post(nimbusFixture('task-system-accepted')).finally(() => {
      answered = true;
    });
    await expect.poll(() => receiver.published.length).toBe(1);
    await setImmediate();
    expect(answered).toBe(false);
    confirm();
    expect((await answer).status).toBe(202);
  });

  it('is logged without what the payload says', async () => {
    const receiver = new ReceiverUnderTest();
    const { id } = await receiver.event(nimbusFixture('task-terminated-handled'));
    expect(receiver.log.entries).toEqual([
      {
        level: 'info',
        message: 'accepted',
        fields: {
          event: id,
          type: 'com.luware.nimbus.task.taskterminated',
          subject: '5e0d3a10-41c7-4f6b-9b1e-7a2c90d40010',
        },
      },
    ]);
  });

  it('is logged with the number of keys that nobody published', async () => {
    const receiver = new ReceiverUnderTest();
    await receiver.event({
      taskId: 't',
      event: 'e',
      newer: 1,
      taskInformation: { customer: { newest: { inner: 1 } } },
    });
    expect(receiver.log.entries[0]?.fields.unknownKeys).toBe(2);
  });

  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  it.each([
    [
      { traceparent, tracestate: 'vendor=1' },
      { traceparent, tracestate: 'vendor=1' },
    ],
    [{ traceparent }, { traceparent }],
    [{ traceparent, tracestate: 'x'.repeat(513) }, { traceparent }],
    [{ tracestate: 'vendor=1' }, {}],
    [{ traceparent: 'not one', tracestate: 'vendor=1' }, {}],
    [{ traceparent: `${traceparent}\n` }, {}],
    [{ traceparent: traceparent.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)) }, {}],
    [{ traceparent: traceparent.replace('b7ad6b7169203331', '0'.repeat(16)) }, {}],
    [{ traceparent: traceparent.replace(/^00/, 'ff') }, {}],
  ])('passes the trace context %j on when it is well formed', async (headers, expected) => {
    const { traceparent, tracestate } = await new ReceiverUnderTest().event(
      nimbusFixture('task-system-accepted'),
      Object.fromEntries(Object.entries(headers)),
    );
    expect({ traceparent, tracestate }).toEqual(expected);
  });
});

describe('a webhook of the wrong shape', () => {
  it('is refused with every problem, by its place in the sender’s spelling', async () => {
    const body = {
      TASKID: 7,
      Event: '—',
      isanonymous: 'perhaps',
      taskInformation: { Customer: { TelNumbers: [{ Name: 'a' }, { Name: 5 }] }, PreferredUsers: {} },
    };
    const { status, errors } = problemOf(await new ReceiverUnderTest().post(body));
    expect({ status, errors }).toEqual({
      status: 422,
      errors: [
        { pointer: '/TASKID', detail: 'Invalid input: expected string, received number' },
        { pointer: '/Event', detail: 'Invalid event name: expected at least one letter or digit' },
        { pointer: '/isanonymous', detail: 'Invalid input: expected boolean, received string' },
        {
          pointer: '/taskInformation/Customer/TelNumbers/1/Name',
          detail: 'Invalid input: expected string, received number',
        },
        { pointer: '/taskInformation/PreferredUsers', detail: 'Invalid input: expected array, received object' },
      ],
    });
  });

  it.each([
    [{ event: 'e' }, '/taskId'],
    [{ TaskId: '', event: 'e' }, '/TaskId'],
    [{ taskId: 't' }, '/event'],
    [{ taskId: 't', event: null }, '/event'],
    [{ taskId: 't'.repeat(257), event: 'e' }, '/taskId'],
    [{ taskId: 't', event: 'e'.repeat(129) }, '/event'],
    [{ taskId: 't', event: 'e', serviceUPN: 'u'.repeat(1_025) }, '/serviceUPN'],
    [{ taskId: 't', event: 'e', serviceId: 'u'.repeat(1_025) }, '/serviceId'],
    [[], ''],
    ['text', ''],
    [7, ''],
    [null, ''],
  ])('is refused: %j', async (body, pointer) => {
    const receiver = new ReceiverUnderTest();
    const { status, errors } = problemOf(await receiver.post(body));
    expect([status, errors?.map((error) => error.pointer)]).toEqual([422, [pointer]]);
    expect(receiver.published).toEqual([]);
  });

  it('in a CloudEvents envelope is refused by its place in the whole body', async () => {
    const envelope = { specversion: '1.0', id: 'x', data: { TaskId: 7, event: 'e' } };
    const answer = await new ReceiverUnderTest().post(envelope, { 'content-type': 'application/cloudevents+json' });
    expect(problemOf(answer).errors?.map(({ pointer }) => pointer)).toEqual(['/data/TaskId']);
  });
});

describe('a webhook of numbers that grow when they are written out', () => {
  it('is refused with 413 when the event would not fit into a message, and nothing is sent', async () => {
    const receiver = new ReceiverUnderTest();
    const body = Buffer.from(`{"taskId":"t","event":"e","numbers":[${'1e20,'.repeat(20_000)}1]}`);

    const answer = await receiver.postBytes(body, { 'content-type': 'application/json' });

    expect(problemOf(answer)).toMatchObject({ status: 413, detail: expect.stringContaining('240000 bytes') });
    expect(receiver.published).toEqual([]);
    expect(receiver.log.entries).toEqual([{ level: 'warn', message: 'refused', fields: { status: 413 } }]);
  });
});

describe('a webhook that the bus does not take', () => {
  it('is refused with 503 and when to come again', async () => {
    const receiver = new ReceiverUnderTest();
    receiver.busGoesDown();
    const answer = await receiver.post(nimbusFixture('task-terminated-handled'));
    expect(answer.headers['retry-after']).toBe('5');
    expect(problemOf(answer)).toEqual({
      type: 'about:blank',
      title: 'Not taken',
      status: 503,
      detail: 'The event could not be stored. Send it again.',
    });
    expect(receiver.log.entries.map(({ level, fields }) => [level, fields.reason])).toEqual([
      ['error', 'TransientError'],
    ]);
  });
});

describe('every answer', () => {
  it('is 202 or a problem, whatever is sent', async () => {
    const contentType = fc.oneof(
      fc.constant('application/json'),
      fc.constant('application/cloudevents+json'),
      fc.string(),
    );
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record({ taskId: fc.jsonValue(), event: fc.jsonValue(), serviceUpn: fc.jsonValue() })
        .map((body) => Buffer.from(JSON.stringify(body))),
    );
    const headers = fc.dictionary(
      fc.constantFrom('webhook-id', 'ce-id', 'traceparent', 'content-encoding'),
      fc.string(),
      {
        noNullPrototype: true,
      },
    );
    await fc.assert(
      fc.asyncProperty(bytes, contentType, headers, async (body, type, others) => {
        const answer = await new ReceiverUnderTest().postBytes(body, { ...others, 'content-type': type });
        if (answer.status === 202) takenId(answer);
        else expect([400, 415, 422]).toContain(problemOf(answer).status);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the content of the request to itself, and so does the log', async () => {
    const secret = 'Zq7Secret';
    const marked = (key: string, value: unknown) =>
      typeof value === 'string' && key !== 'taskId' && key !== 'event' ? secret + value : value;
    await fc.assert(
      fc.asyncProperty(anyPayload(shape), fc.constantFrom('json', 'cut', 'wrong', 'bus'), async (task, trouble) => {
        const receiver = new ReceiverUnderTest();
        if (trouble === 'bus') receiver.busGoesDown();
        const event = trouble === 'wrong' ? [secret] : 'Created';
        const text = JSON.stringify({ ...task, taskId: 't', event, more: '', [secret]: '' }, marked);
        const sent = trouble === 'cut' ? text.slice(0, -1) : text;
        const answer = await receiver.postBytes(Buffer.from(sent), {
          'content-type': 'application/json',
          'x-custom': secret,
        });
        expect(answer.status).toBe({ json: 202, cut: 400, wrong: 422, bus: 503 }[trouble]);
        expect(JSON.stringify(answer) + receiver.log.text).not.toContain(secret);
      }),
    );
  });
});
