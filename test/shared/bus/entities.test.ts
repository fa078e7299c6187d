import { describe, expect, it } from 'vitest';
import { busEntities, durationMs, parseBusEntities } from '../../../shared/bus/entities.ts';
import { ConfigurationError } from '../../../shared/errors.ts';

function problemsOf(input: unknown): readonly string[] {
  try {
    parseBusEntities(input);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('durationMs', () => {
  it.each([
    ['PT1M', 60_000],
    ['P14D', 14 * 86_400_000],
    ['P1DT2H3M4.5S', 93_784_500],
    ['PT0.2S', 200],
    ['P10675199DT2H48M5.4775807S', Number.POSITIVE_INFINITY],
  ])('reads %s', (text, expected) => expect(durationMs(text)).toBe(expected));

  it.each(['', 'P', 'PT', 'P1DT', '1M', 'P1M', 'PT1', '-PT1M'])('refuses "%s"', (text) => {
    expect(durationMs(text)).toBeUndefined();
  });
});

describe('the bus entities', () => {
  it('of the bridge are well-formed', () => {
    expect(busEntities.topics.map(({ name }) => name)).toEqual(['events']);
    expect(busEntities.queues.map(({ name }) => name)).toContain('failed');
  });

  it('are the same when parsed again', () => {
    expect(parseBusEntities(busEntities)).toEqual(busEntities);
  });

  it('get defaults', () => {
    const [queue] = parseBusEntities({ queues: [{ name: 'q' }] }).queues;
    expect(queue).toMatchObject({ requiresSession: false, lockDuration: 'PT1M', maxDeliveryCount: 10 });
  });

  it('list every problem with its place', () => {
    const rules = [{ name: 'r', filterType: 'SqlFilter', sqlFilter: {} }];
    const problems = problemsOf({
      queues: [
        { name: 'a', lockDuration: 'soon' },
        { name: 'b', lockDurations: 'PT1M' },
      ],
      topics: [{ name: 't', subscriptions: [{ name: 's', rules }] }],
    });
    expect(problems).toEqual([
      expect.stringContaining('queues.0.lockDuration: must be an ISO 8601 duration'),
      expect.stringContaining('lockDurations'),
      expect.stringContaining('topics.0.subscriptions.0.rules.0.sqlFilter.sqlExpression'),
    ]);
  });

  it('may not share a name, whatever its case', () => {
    expect(problemsOf({ queues: [{ name: 'a' }, { name: 'A' }] })).toEqual([expect.stringContaining('queues.1.name')]);
    expect(problemsOf({ queues: [{ name: 'a' }], topics: [{ name: 'a' }] })).toHaveLength(1);
    const subscriptions = [{ name: 's' }, { name: 'S' }];
    expect(problemsOf({ topics: [{ name: 't', subscriptions }] })).toHaveLength(1);
    const rule = { name: 'r', filterType: 'CorrelationFilter', correlationFilter: {} };
    expect(problemsOf({ topics: [{ name: 't', subscriptions: [{ name: 's', rules: [rule, rule] }] }] })).toHaveLength(
      1,
    );
  });
});
