import { assumptions, MONTH_DAYS, MONTH_HOURS } from './assumptions.ts';
import type { CostItem } from './cost-item.ts';
import type { DeploymentShape } from './deployment.ts';
import type { MeasuredOperations, OperationCounts } from './operations.ts';
import type { Prices } from './prices.ts';

const MILLION = 1_000_000;
const SECONDS_OF_DAY = 86_400;

export interface BusLoad {
  readonly eventsPerDay: number;
  /** How many times more events come in the busiest second than on average. */
  readonly peakFactor: number;
  readonly messageBytes: number;
  /** Of one event. */
  readonly counts: OperationCounts;
}

/**
 * Operations that Standard bills for one event: any call is one, to complete a message too
 * (https://docs.microsoft.com/en-us/archive/blogs/servicebus/azure-service-bus-billing-vs-metrics-vs-current-monthly-cost), and
 * sending or receiving is one for each 64 KB. That taking a session is one is assumed.
 */
export function billedOperations(counts: OperationCounts, messageBytes: number): number {
  const parts = Math.max(1, Math.ceil(messageBytes / assumptions.operationBytes));
  const { sends, receives, settlements, sessionAccepts, emptyReceives, managementRequests } = counts;
  return (sends + receives) * parts + settlements + sessionAccepts + emptyReceives + managementRequests;
}

/** Credits of one event by what is documented: one for each message sent, received, or held against a filter. */
export function documentedCredits({ sends, receives }: OperationCounts): number {
  return sends + receives + assumptions.filtersPerTopicMessage;
}

/** Credits of one event if every other call costs one too, which is not documented: rather too many than too few. */
export function credits(counts: OperationCounts): number {
  const { settlements, sessionAccepts, emptyReceives, managementRequests } = counts;
  return documentedCredits(counts) + settlements + sessionAccepts + emptyReceives + managementRequests;
}

/** Operations of receivers that wait in vain, in a month; one instance of each function is taken to wait all the time. */
export function idleOperations(idle: MeasuredOperations['idle'], shape: DeploymentShape): number {
  const cores = Math.max(1, assumptions.cores[shape.instanceMemoryMB]);
  const receivers = Math.min(idle.receiversPerTrigger, cores * assumptions.sessionAcceptsPerCore);
  const moreInstances = Object.entries(shape.alwaysReady).reduce(
    (sum, [group, instances]) => (group.startsWith('function:') ? sum + Math.max(0, instances - 1) : sum),
    0,
  );
  return ((idle.sessionTriggers + moreInstances) * receivers * MONTH_HOURS * 3_600) / idle.receiverWaitSeconds;
}

export function serviceBusItems(
  load: BusLoad,
  idle: MeasuredOperations['idle'],
  shape: DeploymentShape,
  prices: Prices,
): CostItem[] {
  const { serviceBusSku, messagingUnits } = shape;
  if (serviceBusSku === 'Premium') {
    const quantity = messagingUnits * MONTH_HOURS;
    const cost = quantity * prices.serviceBusPremiumUnitHour.price;
    return [{ item: 'Service Bus Premium', quantity, unit: 'messaging unit hours', cost }];
  }
  const quantity =
    load.eventsPerDay * MONTH_DAYS * billedOperations(load.counts, load.messageBytes) + idleOperations(idle, shape);
  return [
    {
      item: 'Service Bus Standard, base',
      quantity: MONTH_HOURS,
      unit: 'hours',
      cost: MONTH_HOURS * prices.serviceBusStandardHour.price,
    },
    { item: 'Service Bus Standard, operations', quantity, unit: 'operations', cost: operationsCost(quantity, prices) },
  ];
}

/** The first 13 million operations of a month are in the base price, and the price falls in steps. */
export function operationsCost(operations: number, prices: Prices): number {
  const between = (from: number, to: number) =>
    Math.max(0, Math.min(operations, to * MILLION) - from * MILLION) / MILLION;
  return (
    between(13, 100) * prices.serviceBusMillionOperationsFrom13M.price +
    between(100, 2_500) * prices.serviceBusMillionOperationsFrom100M.price +
    between(2_500, Number.POSITIVE_INFINITY) * prices.serviceBusMillionOperationsFrom2500M.price
  );
}

export interface TierAdvice {
  readonly enough: 'Standard' | 'Premium';
  /** One sentence. */
  readonly reason: string;
  /** With messages of up to 64, 128, 192 and 256 KB. */
  readonly operationsPerEvent: readonly number[];
  readonly peakEventsPerSecond: number;
  readonly creditsPerEvent: number;
  readonly creditsPerSecondAtPeak: number;
  /** The most events of a day that Standard carries. */
  readonly standardEndsAtEventsPerDay: number;
  /** The same with documented credits only. */
  readonly documentedEndAtEventsPerDay: number;
}

/** Which tier carries the load. Limits are given away in whole events. */
export function tierAdvice(
  { eventsPerDay, peakFactor, messageBytes, counts }: BusLoad,
  needsPremium: boolean,
): TierAdvice {
  const endAt = (creditsPerEvent: number) =>
    Math.floor((assumptions.standardCreditsPerSecond * SECONDS_OF_DAY) / (creditsPerEvent * peakFactor));
  const creditsPerEvent = credits(counts);
  const standardEndsAtEventsPerDay = endAt(creditsPerEvent);
  const peakEventsPerSecond = (eventsPerDay * peakFactor) / SECONDS_OF_DAY;
  const [enough, reason]: [TierAdvice['enough'], string] = needsPremium
    ? ['Premium', 'only Premium has private endpoints']
    : messageBytes > assumptions.standardMessageBytes
      ? ['Premium', 'Standard takes messages of at most 256 KB']
      : eventsPerDay > standardEndsAtEventsPerDay
        ? ['Premium', 'Standard would refuse requests at the peak']
        : ['Standard', 'the peak stays below its 1,000 credits per second'];
  return {
    enough,
    reason,
    operationsPerEvent: [1, 2, 3, 4].map((parts) => billedOperations(counts, parts * assumptions.operationBytes)),
    peakEventsPerSecond,
    creditsPerEvent,
    creditsPerSecondAtPeak: peakEventsPerSecond * creditsPerEvent,
    standardEndsAtEventsPerDay,
    documentedEndAtEventsPerDay: endAt(documentedCredits(counts)),
  };
}
