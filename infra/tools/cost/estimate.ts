import { assumptions, MONTH_DAYS, MONTH_HOURS, MONTH_SECONDS } from './assumptions.ts';
import type { CostItem } from './cost-item.ts';
import type { MeasuredCpu } from './cpu.ts';
import type { DeploymentShape } from './deployment.ts';
import { functionsItems } from './functions.ts';
import { type MeasuredOperations, type OperationCounts, operationsOfEvent } from './operations.ts';
import type { Prices } from './prices.ts';
import { serviceBusItems, type TierAdvice, tierAdvice } from './service-bus.ts';

const MILLION = 1_000_000;
const GIGABYTE = 1_000_000_000;

export interface Load {
  readonly eventsPerDay: number;
  /** Of the route that an event takes; of all of them together where it takes several. */
  readonly steps: number;
  readonly peakFactor: number;
  readonly vendorLatencyMs: number;
  readonly messageBytes: number;
}

export interface Basis {
  readonly operations: MeasuredOperations;
  readonly cpu: MeasuredCpu;
  readonly prices: Prices;
}

export interface Estimate {
  readonly items: readonly CostItem[];
  readonly costPerMonth: number;
  readonly serviceBus: TierAdvice;
  /** Where more logs come in a day than are taken: the part of each day, from 0 to 1, after which they stop. */
  readonly logsStopAfter: number | undefined;
}

/** What a deployment costs in a month under a load. */
export function estimate(load: Load, shape: DeploymentShape, { operations, cpu, prices }: Basis): Estimate {
  const { eventsPerDay, steps, peakFactor, vendorLatencyMs, messageBytes } = load;
  const counts = withRelayCopies(operationsOfEvent(operations, steps), shape);
  const busLoad = { eventsPerDay, peakFactor, messageBytes, counts };
  const eventsPerMonth = eventsPerDay * MONTH_DAYS;
  const tableTransactionsPerStep =
    operationsOfEvent(operations, 1).tableTransactions - operations.perEvent.tableTransactions;
  const functionsLoad = {
    eventsPerSecond: eventsPerMonth / MONTH_SECONDS,
    steps,
    vendorLatencyMs,
    tableTransactionsPerStep,
    counts,
    cpu,
  };
  const logGb = logGigabytes(eventsPerMonth, counts);
  const takenLogGb = Math.min(logGb, (shape.logDailyCapGb ?? Number.POSITIVE_INFINITY) * MONTH_DAYS);
  const items = [
    ...serviceBusItems(busLoad, operations.idle, shape, prices),
    ...functionsItems(functionsLoad, shape, prices),
    ...storageItems(eventsPerMonth, counts, operations, shape, prices),
    ...relayItems(shape, prices),
    {
      item: 'Log Analytics',
      quantity: takenLogGb,
      unit: 'GB',
      cost: Math.max(0, takenLogGb - prices.logFreeGb.price) * prices.logGb.price,
    },
    ...alertItems(shape, prices),
    {
      item: 'Key Vault',
      quantity: assumptions.keyVaultOperationsPerMonth,
      unit: 'operations',
      cost: (assumptions.keyVaultOperationsPerMonth / 10_000) * prices.keyVaultTenThousandOperations.price,
    },
    ...networkItems(shape, prices),
  ];
  return {
    items,
    costPerMonth: items.reduce((sum, { cost }) => sum + cost, 0),
    serviceBus: tierAdvice(busLoad, shape.privateEndpoints > 0),
    logsStopAfter: takenLogGb < logGb ? takenLogGb / logGb : undefined,
  };
}

/** Two relays that both send: Service Bus takes each event twice and drops one. */
function withRelayCopies(counts: OperationCounts, { relay }: DeploymentShape): OperationCounts {
  return relay.mode === 'pair' ? { ...counts, sends: counts.sends + 1 } : counts;
}

function storageItems(
  eventsPerMonth: number,
  counts: OperationCounts,
  { perTimerRun }: MeasuredOperations,
  { relay, zoneRedundantStorage }: DeploymentShape,
  prices: Prices,
): CostItem[] {
  const timerRuns = assumptions.timerRunsPerHour * MONTH_HOURS;
  const relays = relay.mode === 'standby' || relay.mode === 'pair' ? relay.replicas : 0;
  const transactions =
    eventsPerMonth * counts.tableTransactions +
    timerRuns * perTimerRun.tableTransactions +
    relays * assumptions.relayTransactionsPerSecond * MONTH_SECONDS;
  const blobs =
    eventsPerMonth * counts.blobTransactions +
    timerRuns * perTimerRun.blobTransactions +
    assumptions.hostBlobTransactionsPerHour * MONTH_HOURS;
  const gigabytes = (eventsPerMonth * counts.tableBytes) / GIGABYTE;
  const gbMonth = zoneRedundantStorage ? prices.zoneRedundantStorageGbMonth : prices.storageGbMonth;
  return [
    {
      item: 'Storage, table transactions',
      quantity: transactions,
      unit: 'transactions',
      cost: (transactions / MILLION) * prices.tableMillionTransactions.price,
    },
    {
      item: 'Storage, blob transactions',
      quantity: blobs,
      unit: 'transactions',
      cost: (blobs / MILLION) * prices.blobMillionTransactions.price,
    },
    { item: 'Storage, rows of one month', quantity: gigabytes, unit: 'GB', cost: gigabytes * gbMonth.price },
  ];
}

/** A relay works all the time, so the lower price of idle replicas is not taken. */
function relayItems({ relay: { replicas, cpu, memoryGib } }: DeploymentShape, prices: Prices): CostItem[] {
  if (replicas === 0) return [];
  const vcpuSeconds = replicas * cpu * MONTH_SECONDS;
  const gibSeconds = replicas * memoryGib * MONTH_SECONDS;
  const {
    containerVcpuSecond,
    containerGibSecond,
    containerFreeVcpuSeconds: freeVcpu,
    containerFreeGibSeconds: freeGib,
    registryDay,
  } = prices;
  return [
    {
      item: 'Container Apps, processor',
      quantity: vcpuSeconds,
      unit: 'vCPU-seconds',
      cost: Math.max(0, vcpuSeconds - freeVcpu.price) * containerVcpuSecond.price,
    },
    {
      item: 'Container Apps, memory',
      quantity: gibSeconds,
      unit: 'GiB-seconds',
      cost: Math.max(0, gibSeconds - freeGib.price) * containerGibSecond.price,
    },
    { item: 'Container Registry', quantity: MONTH_DAYS, unit: 'days', cost: MONTH_DAYS * registryDay.price },
  ];
}

/** What a month writes, whether it is taken or not. */
function logGigabytes(eventsPerMonth: number, counts: OperationCounts): number {
  const { hostRowsPerExecution, logRowBytes, routedLineBytes, idleLogGbPerMonth } = assumptions;
  const rows = counts.logLines + counts.executions * hostRowsPerExecution;
  const bytesPerEvent = counts.logBytes + routedLineBytes + rows * logRowBytes;
  return idleLogGbPerMonth + (eventsPerMonth * bytesPerEvent) / GIGABYTE;
}

function alertItems({ metricAlertSeries, logAlerts }: DeploymentShape, prices: Prices): CostItem[] {
  return [
    {
      item: 'Alerts on metrics',
      quantity: metricAlertSeries,
      unit: 'series',
      cost: metricAlertSeries * prices.metricAlertSeriesMonth.price,
    },
    { item: 'Alerts on logs', quantity: logAlerts, unit: 'rules', cost: logAlerts * prices.logAlertMonth.price },
  ];
}

function networkItems(shape: DeploymentShape, prices: Prices): CostItem[] {
  const byHour = (item: string, count: number, price: number): CostItem[] =>
    count === 0 ? [] : [{ item, quantity: count * MONTH_HOURS, unit: 'hours', cost: count * MONTH_HOURS * price }];
  const { privateEndpoints, natGateways, publicAddresses, privateDnsZones: zones } = shape;
  return [
    ...byHour('Private endpoints', privateEndpoints, prices.privateEndpointHour.price),
    ...byHour('NAT gateway', natGateways, prices.natGatewayHour.price),
    ...byHour('Public address', publicAddresses, prices.publicAddressHour.price),
    ...(zones === 0
      ? []
      : [
          {
            item: 'Private DNS zones',
            quantity: zones,
            unit: 'zones',
            cost: zones * prices.privateDnsZoneMonth.price,
          },
        ]),
  ];
}
