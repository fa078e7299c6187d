import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startTestStack, type TestStack } from '../helpers/stack.ts';

/** One route for each destination, so that a story involves just the one in question. */
const ROUTES = `
routes:
  - id: to-lucs
    when: { event: '*', source: /nimbus/lucs@contoso.example }
    do:
      - step: lucs.createTask
        with: { service: 3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f, caller: =data.taskId }
  - id: to-lucs-wrongly
    when: { event: '*', source: /nimbus/wrong@contoso.example }
    do:
      - step: lucs.createTask
        with: { service: 00000000-0000-4000-8000-000000000000, caller: =data.callerTelNumber }
  - id: to-acd
    when: { event: '*', source: /nimbus/acd@contoso.example }
    do:
      - step: acd.createEvent
        with: { type: 5, groupId: 41, sender: =data.taskId, subject: =data.taskId }
  - id: cannot-be-matched
    when: { event: '*', source: /nimbus/throws@contoso.example, if: $number(data.callerTelNumber) > 0 }
    do:
      - step: lucs.createTask
        with: { service: 3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f }
  - id: matches-all-the-same
    when: { event: '*', source: /nimbus/throws@contoso.example }
    do:
      - step: acd.createEvent
        with: { type: 5, groupId: 41, sender: =data.taskId, subject: =data.taskId }
`;

const PERSONAL = '+44 1632 960123 Nora Blake';

let test: TestStack;
let taskNumber = 0;

beforeAll(async () => {
  test = await startTestStack({ routes: ROUTES, settings: { BRIDGE_CALL_TIMEOUT_MS: '400' } });
});

afterAll(() => test?.stop());

beforeEach(() => {
  test.simulators.lucs.clear();
  test.simulators.acd.clear();
});

/** Raises an event for the route of `service`, and gives its task id and event id. */
async function raise(service: string): Promise<{ taskId: string; eventId: string }> {
  const taskId = `fault-${++taskNumber}`;
  const payload = { taskId, event: 'Created', callerTelNumber: PERSONAL, serviceUPN: `${service}@contoso.example` };
  const response = await test.post('nimbus/tasks', payload);
  expect(response.status).toBe(202);
  return { taskId, eventId: String(JSON.parse(await response.text()).id) };
}

const lucsTasks = () => test.simulators.lucs.state().tasks;
const acdEvents = (taskId: string) =>
  test.simulators.acd.state().events.filter((event) => event.request.subject === taskId);
const logged = (eventId: string, text: string) =>
  eventually(() => test.lines.find((line) => line.includes(eventId) && line.includes(text)), `${text} in the log`);

async function failed(eventId: string) {
  return eventually(async () => {
    const messages = await test.peek('failed');
    return messages.find((message) => message.applicationProperties?.eventId === eventId);
  }, 'a message in the queue "failed"');
}

describe('a destination that fails for a while', () => {
  it('gets the delivery again until it takes it', async () => {
    test.simulators.acd.answerNext({ status: 503, times: 5 });

    const { taskId, eventId } = await raise('acd');

    await eventually(() => (acdEvents(taskId).length === 1 ? true : undefined), 'the event at jtel ACD');
    expect(await logged(eventId, 'result=retry')).toContain('jtel ACD answered 503');
    await logged(eventId, 'result=done');
  });

  it('is left alone as long as it asks for', async () => {
    test.simulators.acd.answerNext({ status: 429, headers: { 'retry-after': '2' } });

    const { taskId } = await raise('acd');

    await eventually(() => (acdEvents(taskId).length === 1 ? true : undefined), 'the event at jtel ACD');
    const [refused, taken] = test.simulators.acd.requests().filter(({ method }) => method === 'POST');
    expect(refused?.answer?.status).toBe(429);
    expect(Date.parse(taken?.at ?? '') - Date.parse(refused?.at ?? '')).toBeGreaterThanOrEqual(1_990);
  });

  it.each([
    ['loses its answer', { reset: true, afterEffect: true }],
    ['answers too late', { hang: true, afterEffect: true }],
    ['fails after it has worked', { status: 500, afterEffect: true }],
  ] as const)('and %s has the task once', async (_, fault) => {
    test.simulators.lucs.answerNext({ ...fault, match: { method: 'POST' } });

    const { taskId, eventId } = await raise('lucs');

    await logged(eventId, 'result="found done"');
    expect(lucsTasks().filter((task) => task.request.caller === taskId)).toHaveLength(1);
    expect(test.simulators.lucs.requests().map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('and never comes back has the delivery wait, and the others go on', async () => {
    test.simulators.lucs.answerNext({ hang: true, times: 2 });

    const { eventId } = await raise('lucs');
    const { taskId: other } = await raise('acd');

    await eventually(() => (acdEvents(other).length === 1 ? true : undefined), 'the other event');
    await logged(eventId, 'result=done');
  });
});

describe('a delivery that cannot succeed', () => {
  it('is kept in `failed` with its reason, without personal data in properties and log', async () => {
    const { eventId } = await raise('wrong');

    const message = await failed(eventId);

    expect(message.subject).toBe('PermanentError');
    expect(message.applicationProperties).toEqual({
      route: 'to-lucs-wrongly',
      step: 'lucs.createTask',
      eventId,
      errorClass: 'PermanentError',
      errorMessage: expect.stringMatching(/^LUCS answered 500 \(\w+\) to "create task"$/),
      httpStatus: 500,
      attempts: 1,
      firstAttemptAt: expect.stringMatching(/Z$/),
      lastAttemptAt: expect.stringMatching(/Z$/),
    });
    expect(message.body.delivery.event.data.callerTelNumber).toBe(PERSONAL);
    expect(test.simulators.lucs.requests().filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(test.lines.filter((line) => line.includes(PERSONAL))).toEqual([]);
  });
});

describe('a route that throws while it is matched', () => {
  it('does not keep the others from running, and is put on record', async () => {
    const { taskId, eventId } = await raise('throws');

    await eventually(() => (acdEvents(taskId).length === 1 ? true : undefined), 'the event of the other route');
    const message = await failed(eventId);
    expect(message.applicationProperties).toMatchObject({ route: 'cannot-be-matched', errorClass: 'ExpressionError' });
    expect(JSON.stringify(message.applicationProperties)).not.toContain('1632');
    expect(lucsTasks()).toEqual([]);
  });
});

describe('an unreadable message', () => {
  it.each([
    ['events', 'events/Subscriptions/router', 'the body is not JSON in UTF-8'],
    ['deliver-lucs', 'deliver-lucs', 'the body is not JSON in UTF-8'],
  ])('in %s is dead-lettered, and the next in its lane goes through', async (entity, source) => {
    const sender = test.bus.createSender(entity);
    const sessionIds = Array.from({ length: 32 }, (_, lane) => `lane-${lane}`);
    await sender.sendMessages(sessionIds.map((sessionId) => ({ sessionId, body: Buffer.from('{"not json') })));

    const { taskId } = await raise('lucs');

    await eventually(() => lucsTasks().find((task) => task.request.caller === taskId), 'the task after it');
    const dead = await eventually(async () => {
      const messages = await test.peek(source, 'deadLetter');
      return messages.length === 32 ? messages : undefined;
    }, 'all of them among the dead letters');
    expect(new Set(dead.map(({ deadLetterReason }) => deadLetterReason))).toEqual(
      new Set(['MaxDeliveryCountExceeded']),
    );
    await sender.close();
  });
});
