import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultNimbusBehaviour } from '../../../../../infra/local/simulators/nimbus/behaviour.ts';
import { spellPayload } from '../../../../../infra/local/simulators/nimbus/spell-payload.ts';
import { type NimbusUnderTest, startNimbusUnderTest } from './nimbus-under-test.ts';

let test: NimbusUnderTest;

beforeAll(async () => {
  test = await startNimbusUnderTest();
});
afterEach(() => test.reset());
afterAll(() => test.close());

describe('callbacks', () => {
  it('are sent once when nothing else is set, even when they are refused', async () => {
    await test.listen();
    test.answers.push(503);
    test.nimbus.startTask();
    await test.heard();
    expect(test.nimbus.state().callbacks).toMatchObject([{ event: 'Created', attempt: 1, status: 503 }]);
  });

  it('are repeated until one is taken, and hold up nothing meanwhile', async () => {
    await test.listen();
    test.nimbus.behave({ callbackRetries: 3, callbackRetryDelayMs: 30 });
    test.answers.push(503);
    const { id } = test.nimbus.startTask();
    test.nimbus.moveTask(id, { move: 'accept' });
    expect(await test.heardEvents()).toEqual(['Created', 'SystemAccepted', 'Created']);
    expect(test.nimbus.state().callbacks).toMatchObject([
      { event: 'Created', subject: id, attempt: 1, status: 503 },
      { event: 'SystemAccepted', subject: id, attempt: 1, status: 202 },
      { event: 'Created', subject: id, attempt: 2, status: 202 },
    ]);
  });

  it('are repeated no more often than set', async () => {
    await test.listen();
    test.nimbus.behave({ callbackRetries: 2, callbackRetryDelayMs: 1 });
    test.answers.push(500, 500, 500);
    test.nimbus.startTask();
    expect(await test.heardEvents()).toEqual(['Created', 'Created', 'Created']);
  });

  it('can come in duplicate', async () => {
    await test.listen();
    test.nimbus.behave({ callbackDuplicates: 1 });
    const { id } = test.nimbus.startTask();
    test.nimbus.moveTask(id, { move: 'accept' });
    const heard = await test.heard();
    expect(heard.map(({ event }) => event)).toEqual(['Created', 'Created', 'SystemAccepted', 'SystemAccepted']);
    expect(heard[0]).toEqual(heard[1]);
  });

  it('can overtake each other in pairs, and none is held back for good', async () => {
    await test.listen();
    test.nimbus.behave({ callbackDisorderMs: 60_000 });
    const { id } = test.nimbus.startTask();
    for (const move of ['accept', 'queue', 'ring', 'terminate'] as const) test.nimbus.moveTask(id, { move });
    expect(await test.heardEvents()).toEqual([
      'SystemAccepted',
      'Created',
      'UserRinging',
      'QueueEntered',
      'TaskTerminated',
    ]);
  });

  it('that wait to be overtaken go out by themselves in the end', async () => {
    await test.listen();
    test.nimbus.behave({ callbackDisorderMs: 20 });
    test.nimbus.startTask();
    await expect.poll(() => test.received).toHaveLength(1);
  });

  it('that are under way are given up when the simulator closes or forgets', async () => {
    const other = await startNimbusUnderTest({ behaviour: { callbackRetries: 5, callbackRetryDelayMs: 60_000 } });
    await other.listen();
    other.answers.push(500);
    other.nimbus.startTask();
    await expect.poll(() => other.nimbus.state().callbacks).toHaveLength(1);
    const settled = other.nimbus.settled();
    await other.close();
    await settled;
    expect(other.received).toHaveLength(1);
  });

  it('carry an event’s name and other keys when set so', async () => {
    await test.listen();
    test.nimbus.behave({ callbackEvent: 'name', callbackKeys: 'swapped' });
    const { id } = test.nimbus.startTask({ taskInformation: { customer: { UPN: 'nora@example.org' } } });
    test.nimbus.moveTask(id, { move: 'accept' });
    expect((await test.heard()).at(-1)).toMatchObject({
      TaskId: id,
      Event: 'System accepted',
      ServiceUPN: expect.any(String),
      TaskInformation: { Customer: { uPN: 'nora@example.org' } },
    });
  });
});

describe('spelling a payload', () => {
  const keys = fc.string({ unit: fc.constantFrom(...'abcXYZ'), minLength: 1, maxLength: 8 });
  const payloads = fc.dictionary(
    keys,
    fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.dictionary(keys, fc.string()))),
  );

  it('published leaves it alone, swapped twice is published, and lists are gone through', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const spell = (object: Record<string, unknown>, callbackKeys: 'published' | 'swapped' | 'upper') =>
          spellPayload('task', object, { ...defaultNimbusBehaviour, callbackKeys });
        expect(spell(payload, 'published')).toEqual(payload);
        expect(spell(spell(payload, 'swapped'), 'swapped')).toEqual(payload);
        expect(Object.keys(spell(payload, 'upper')).every((key) => key === key.toUpperCase())).toBe(true);
      }),
    );
  });
});
