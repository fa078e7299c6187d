import { describe, expect, it } from 'vitest';
import { readDelivery } from '../../../shared/delivery/delivery.ts';
import { PermanentError } from '../../../shared/errors.ts';
import { bodyOf } from '../../helpers/recording-bus.ts';
import { type Engine, engineUnderTest, onlyCopy, onlyMessage, routesWith, timeout } from './engine-under-test.ts';

const creating = routesWith('demo.remembered');
const creatingSecond = routesWith('demo.repeatable', '      - step: demo.remembered\n');

/** What a step that runs now for `subject` is told about the one that creates. */
function found(engine: Engine, subject = 'task-1') {
  return engine.options.creations.find(subject, 'demo.remembered');
}

describe('what a remembered step created', () => {
  it('is unknown before a delivery of it has begun, and for other subjects and steps', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    expect(await found(engine)).toBeUndefined();
    await engine.deliver(engine.delivery());
    expect(await found(engine, 'task-2')).toBeUndefined();
    expect(await engine.options.creations.find('task-1', 'demo.findable')).toBeUndefined();
  });

  it('is found by its subject, from the step of another route and event', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    await engine.deliver(engine.delivery({ id: 'event-created' }));
    const other = engineUnderTest({ routes: routesWith('demo.findable'), creations: engine.options.creations });
    let seen: unknown;
    other.destination.run = async () => {
      seen = await other.calls[0]?.call.findCreated('demo.remembered');
    };
    await other.deliver(other.delivery({ id: 'event-terminated', source: '/nimbus/elsewhere@contoso.example' }));
    expect(seen).toEqual({ kind: 'done', result: { id: 'made' } });
  });

  it('is under way while it runs and while it waits for its next try', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    const seen: unknown[] = [];
    engine.destination.run = async () => {
      seen.push(await found(engine));
      throw timeout();
    };
    await engine.deliver(engine.delivery());
    expect(seen[0]).toEqual({ kind: 'underway' });
    expect(await found(engine)).toEqual({ kind: 'underway' });

    engine.destination.run = async () => ({ id: 'late' });
    await engine.deliver(readDelivery(bodyOf(onlyCopy(engine).message)));
    expect(await found(engine)).toEqual({ kind: 'done', result: { id: 'late' } });
  });

  it('is under way from the first step of its route on', async () => {
    const engine = engineUnderTest({ routes: creatingSecond, step: 'demo.repeatable' });
    await engine.deliver(engine.delivery());
    expect(await found(engine)).toEqual({ kind: 'underway' });
    await engine.deliver(readDelivery(bodyOf(onlyMessage(engine, 'deliver-demo'))));
    expect(await found(engine)).toEqual({ kind: 'done', result: { id: 'made' } });
  });

  it.each([
    ['itself', creating, 'demo.remembered' as const],
    ['a step before it', creatingSecond, 'demo.repeatable' as const],
  ])('has failed when %s was given up', async (_, routes, step) => {
    const engine = engineUnderTest({ routes, step });
    engine.destination.run = async () => {
      throw new PermanentError('Demo said no');
    };
    await engine.deliver(engine.delivery());
    expect(await found(engine)).toEqual({ kind: 'failed' });
  });

  it('has failed when its arguments are wrong', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    await engine.deliver(engine.delivery({ data: { text: 'x'.repeat(41) } }));
    expect(engine.calls).toEqual([]);
    expect(await found(engine)).toEqual({ kind: 'failed' });
  });

  it('is the latest when there are several', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    await engine.deliver(engine.delivery({ id: 'event-1' }));
    engine.destination.run = async () => ({ id: 'second' });
    await engine.deliver(engine.delivery({ id: 'event-2' }));
    expect(await found(engine)).toEqual({ kind: 'done', result: { id: 'second' } });
    // One that is given up later, out of turn, does not hide it.
    await engine.options.creations.giveUp('task-1', 'demo.remembered', { event: 'event-0', route: 'route-1', step: 0 });
    expect(await found(engine)).toMatchObject({ kind: 'done' });
  });

  it('is not created before it can be found: the delivery waits for the table', async () => {
    const engine = engineUnderTest({ routes: creating, step: 'demo.remembered' });
    engine.table.before = (_, { partitionKey }) => {
      if (partitionKey.startsWith('subject.')) throw timeout();
    };
    await engine.deliver(engine.delivery());
    expect(engine.calls).toEqual([]);
    engine.table.recover();
    await engine.deliver(readDelivery(bodyOf(onlyCopy(engine).message)));
    expect(await found(engine)).toMatchObject({ kind: 'done' });
  });

  it('costs other routes nothing', async () => {
    const engine = engineUnderTest();
    await engine.deliver(engine.delivery());
    expect(engine.table.rows).toHaveLength(1);
  });
});
