import { describe, expect, it } from 'vitest';
import { PermanentError } from '../../../shared/errors.ts';
import { type Engine, engineUnderTest, onlyMessage, routesWith, START_MS } from './engine-under-test.ts';

/** Stands for everything personal in an event: whatever reaches a property or a log carries this mark. */
const SECRET = 'SECRET-4711';

const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';

const marked = {
  traceparent,
  subject: `task-${SECRET}`,
  source: `/nimbus/${SECRET}@contoso.example`,
  data: { text: SECRET, name: SECRET, deep: { [SECRET]: SECRET } },
};

const onlyFailure = (engine: Engine) => onlyMessage(engine, 'failed');

function expectNothingPersonal(engine: Engine) {
  const { body: _, ...visible } = onlyFailure(engine);
  expect(JSON.stringify(visible)).not.toContain(SECRET);
  expect(engine.log.text).not.toContain(SECRET);
}

describe('a delivery that fails for good', () => {
  it('goes to "failed" with the reason in properties, and itself in the body', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      engine.clock.nowMs += 250;
      throw new PermanentError('Demo answered 422 (NoSuchGroup) to "write"', { httpStatus: 422 });
    };
    const delivery = engine.delivery(marked, { attempt: 3, results: { earlier: SECRET } });
    engine.clock.nowMs = START_MS + 5_000;
    await engine.deliver(delivery);

    const message = onlyFailure(engine);
    expect(message.applicationProperties).toEqual({
      route: 'route-1',
      step: 'demo.findable',
      eventId: 'event-1',
      errorClass: 'PermanentError',
      errorMessage: 'Demo answered 422 (NoSuchGroup) to "write"',
      httpStatus: 422,
      attempts: 3,
      firstAttemptAt: '2025-03-05T14:00:00.000Z',
      lastAttemptAt: '2025-03-05T14:00:05.250Z',
      traceparent,
    });
    expect(message).toMatchObject({ subject: 'PermanentError', contentType: 'application/json' });
    expect(message.body).toMatchObject({ delivery, failure: { httpStatus: 422, attempts: 3 } });
    expect(message.sessionId).toBeUndefined();
    expectNothingPersonal(engine);
    expect(engine.log.entries.map(({ level, fields }) => [level, fields.result, fields.reason])).toEqual([
      ['error', 'failed', 'Demo answered 422 (NoSuchGroup) to "write"'],
    ]);
    expect(engine.calls).toHaveLength(1);
    expect(engine.bus.sends).toHaveLength(1);
  });

  it('leaves out what it does not know', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new PermanentError('no');
    };
    await engine.deliver(engine.delivery());
    expect(Object.keys(onlyFailure(engine).applicationProperties ?? {}).sort()).toEqual(
      ['attempts', 'errorClass', 'errorMessage', 'eventId', 'firstAttemptAt', 'lastAttemptAt', 'route', 'step'].sort(),
    );
  });

  it('is not tried again when it is delivered again', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new PermanentError('no');
    };
    await engine.deliver(engine.delivery());
    await engine.deliver(engine.delivery());
    expect(engine.calls).toHaveLength(1);
    expect(onlyFailure(engine)).toBeDefined();
    expect(engine.log.entries[1]?.fields.result).toBe('given up before');
  });

  it('gives each failure a message id of its own, so that a second one is kept too', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new PermanentError('no');
    };
    await engine.deliver(engine.delivery({ id: 'a' }));
    await engine.deliver(engine.delivery({ id: 'b' }));
    expect(new Set(engine.bus.messagesOf('failed').map(({ messageId }) => messageId)).size).toBe(2);
  });

  it('is on record even when the ledger is lost meanwhile', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      engine.table.goDown();
      throw new PermanentError('no');
    };
    await engine.deliver(engine.delivery());
    expect(onlyFailure(engine)).toBeDefined();
  });

  it.each<[string, string, string]>([
    ['a value that does not fit', 'text: =data.text & "0123456789012345678901234567890123456789"', 'text: Too big'],
    ['a value that is no choice', 'kind: =data.text', 'kind: Invalid option: expected one of "a"|"b"'],
    ['a value of the wrong type', 'text: =data.deep', 'text: Invalid input: expected string, received object'],
  ])('for %s: names the argument, not the value', async (_what, argument, problem) => {
    const routes = routesWith('demo.findable', `      - step: next.note\n        with:\n          ${argument}\n`);
    const engine = engineUnderTest({ routes });
    await engine.deliver(engine.delivery(marked, { step: 1, stepName: 'next.note' }));
    expect(onlyFailure(engine).applicationProperties).toMatchObject({
      errorClass: 'PermanentError',
      errorMessage: expect.stringContaining(`the route gives wrong arguments: ${problem}`),
    });
    expect(engine.calls).toEqual([]);
    expectNothingPersonal(engine);
  });

  it('for an expression that fails: names the place, not the value', async () => {
    const routes = routesWith(
      'demo.findable',
      '      - step: next.note\n        with:\n          text: =$number(data.text)\n',
    );
    const engine = engineUnderTest({ routes });
    await engine.deliver(engine.delivery(marked, { step: 1, stepName: 'next.note' }));
    expect(onlyFailure(engine).applicationProperties).toMatchObject({
      errorClass: 'ExpressionError',
      errorMessage: expect.stringMatching(/^JSONata D3030 at character \d+$/),
    });
    expectNothingPersonal(engine);
  });

  it('for a fault of the bridge: says so, and keeps its text to itself', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async (text) => {
      throw new TypeError(`cannot read ${text}`);
    };
    await engine.deliver(engine.delivery(marked));
    expect(onlyFailure(engine).applicationProperties).toMatchObject({
      errorClass: 'TypeError',
      errorMessage: 'an unexpected fault in the bridge',
    });
    expect(JSON.stringify(onlyFailure(engine).body)).not.toContain('cannot read');
    expectNothingPersonal(engine);
  });

  it('for something thrown that is no error', async () => {
    const engine = engineUnderTest();
    engine.destination.run = () => Promise.reject(SECRET);
    await engine.deliver(engine.delivery(marked));
    expect(onlyFailure(engine).applicationProperties).toMatchObject({ errorClass: 'Error' });
    expectNothingPersonal(engine);
  });

  it('for a destination without settings', async () => {
    const engine = engineUnderTest({ steps: new Map() });
    await engine.deliver(engine.delivery());
    expect(onlyFailure(engine).applicationProperties?.errorMessage).toBe(
      'the destination of "demo.findable" has no settings',
    );
  });

  it.each([
    ['the route is gone', { route: 'route-2' }],
    ['the step is another one', { step: 0, stepName: 'demo.blind' }],
    ['the route has become shorter', { step: 5 }],
  ])('when the routes changed meanwhile: %s', async (_what, parts) => {
    const engine = engineUnderTest();
    await engine.deliver(engine.delivery(marked, parts));
    expect(engine.calls).toEqual([]);
    expect(onlyFailure(engine).applicationProperties?.errorMessage).toBe(
      'the route was changed or removed after this delivery was made',
    );
    expectNothingPersonal(engine);
  });
});
