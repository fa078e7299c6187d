import { describe, expect, it } from 'vitest';
import { emulatorEntities } from '../../../infra/tools/emulator-entities.ts';
import { parseBusEntities } from '../../../shared/bus/entities.ts';

function namespaceOf(input: Parameters<typeof parseBusEntities>[0]) {
  const [namespace] = emulatorEntities(parseBusEntities(input)).UserConfig.Namespaces;
  if (namespace === undefined) throw new Error('no namespace');
  return namespace;
}

describe('the entities for the Service Bus emulator', () => {
  it('are in the one namespace it has', () => {
    expect(namespaceOf({})).toEqual({ Name: 'sbemulatorns', Queues: [], Topics: [] });
  });

  it('keep what the emulator can do', () => {
    const queue = {
      name: 'q',
      requiresSession: true,
      requiresDuplicateDetection: true,
      lockDuration: 'PT30S',
      maxDeliveryCount: 4,
      defaultMessageTimeToLive: 'PT30M',
      duplicateDetectionHistoryTimeWindow: 'PT1M',
      deadLetteringOnMessageExpiration: true,
    };
    expect(namespaceOf({ queues: [queue] }).Queues).toEqual([
      {
        Name: 'q',
        Properties: {
          RequiresSession: true,
          RequiresDuplicateDetection: true,
          LockDuration: 'PT30S',
          MaxDeliveryCount: 4,
          DefaultMessageTimeToLive: 'PT30M',
          DuplicateDetectionHistoryTimeWindow: 'PT1M',
          DeadLetteringOnMessageExpiration: true,
        },
      },
    ]);
  });

  it.each([
    ['for ever', {}],
    ['for two weeks', { defaultMessageTimeToLive: 'P14D' }],
  ])('keep messages for an hour where they would live %s', (_, lifetime) => {
    const { Queues, Topics } = namespaceOf({
      queues: [{ name: 'q', ...lifetime }],
      topics: [{ name: 't', ...lifetime, subscriptions: [{ name: 's', ...lifetime }] }],
    });
    const subscriptions = Topics.flatMap(({ Subscriptions }) => Subscriptions);
    expect([...Queues, ...Topics, ...subscriptions].map(({ Properties }) => Properties)).toEqual(
      Array.from({ length: 3 }, () => expect.objectContaining({ DefaultMessageTimeToLive: 'PT1H' })),
    );
  });

  it('have no longer locks, more deliveries or longer memory of duplicates than it allows', () => {
    const queue = {
      name: 'q',
      lockDuration: 'PT6M',
      maxDeliveryCount: 11,
      duplicateDetectionHistoryTimeWindow: 'PT10M',
    };
    expect(namespaceOf({ queues: [queue] }).Queues[0]?.Properties).toMatchObject({
      LockDuration: 'PT5M',
      MaxDeliveryCount: 10,
      DuplicateDetectionHistoryTimeWindow: 'PT5M',
    });
  });

  it('have rules in the emulator’s words', () => {
    const rules = [
      { name: 'sql', filterType: 'SqlFilter', sqlFilter: { sqlExpression: '1=1' } },
      {
        name: 'fits',
        filterType: 'CorrelationFilter',
        correlationFilter: { replyToSessionId: 'r', properties: { a: 1 } },
      },
    ];
    const { Topics } = namespaceOf({ topics: [{ name: 't', subscriptions: [{ name: 's', rules }] }] });
    expect(Topics[0]?.Subscriptions[0]?.Rules).toEqual([
      { Name: 'sql', Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: '1=1' } } },
      {
        Name: 'fits',
        Properties: { FilterType: 'Correlation', CorrelationFilter: { ReplyToSessionId: 'r', Properties: { a: 1 } } },
      },
    ]);
  });
});
