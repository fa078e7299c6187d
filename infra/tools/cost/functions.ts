import { assumptions, MONTH_HOURS, MONTH_SECONDS } from './assumptions.ts';
import type { CostItem } from './cost-item.ts';
import type { MeasuredCpu } from './cpu.ts';
import type { DeploymentShape } from './deployment.ts';
import type { OperationCounts } from './operations.ts';
import type { Prices } from './prices.ts';

const MILLION = 1_000_000;
const TIMER_FUNCTIONS = 2;

export interface FunctionsLoad {
  readonly eventsPerSecond: number;
  readonly steps: number;
  readonly vendorLatencyMs: number;
  readonly tableTransactionsPerStep: number;
  /** Of one event. */
  readonly counts: OperationCounts;
  readonly cpu: MeasuredCpu;
}

/** Functions that share instances. */
interface ScaleGroup {
  readonly name: string;
  readonly runsPerSecond: number;
  readonly durationMs: number;
  readonly cpuMs: number;
}

/**
 * Seconds of a month in which instances of a group run functions: what Flex Consumption bills, times memory. Runs that come
 * evenly spread but by chance are taken; they overlap least, and so cost most. Each run is taken to last the minimum at
 * least, though that holds for a period of runs that overlap.
 */
export function activeSeconds(runsPerSecond: number, durationMs: number, instances: number): number {
  const seconds = Math.max(assumptions.minimumActiveMs, durationMs) / 1_000;
  return instances * MONTH_SECONDS * -Math.expm1((-runsPerSecond / instances) * seconds);
}

/** Instances that the runs of a group need on average. */
export function instancesNeeded(group: Omit<ScaleGroup, 'name'>, cores: number): number {
  const { runsPerSecond, durationMs, cpuMs } = group;
  const byConcurrency = (runsPerSecond * durationMs) / 1_000 / assumptions.concurrency;
  const byProcessor = (runsPerSecond * cpuMs) / 1_000 / cores;
  return Math.max(1, Math.ceil(byConcurrency), Math.ceil(byProcessor));
}

export function functionsItems(load: FunctionsLoad, shape: DeploymentShape, prices: Prices): CostItem[] {
  const gb = shape.instanceMemoryMB / 1024;
  const cores = assumptions.cores[shape.instanceMemoryMB];
  let onDemandSeconds =
    TIMER_FUNCTIONS * assumptions.timerRunsPerHour * MONTH_HOURS * (assumptions.minimumActiveMs / 1_000);
  let alwaysReadySeconds = 0;
  for (const group of scaleGroups(load)) {
    const alwaysReady = shape.alwaysReady[group.name] ?? 0;
    const instances = Math.max(alwaysReady, instancesNeeded(group, cores));
    const seconds = activeSeconds(group.runsPerSecond, group.durationMs, instances);
    if (alwaysReady > 0) alwaysReadySeconds += seconds;
    else onDemandSeconds += seconds;
  }
  const alwaysReadyInstances = Object.values(shape.alwaysReady).reduce((sum, instances) => sum + instances, 0);
  const hasFreeGrant = alwaysReadyInstances === 0;
  const executions =
    load.eventsPerSecond * MONTH_SECONDS * load.counts.executions +
    TIMER_FUNCTIONS * assumptions.timerRunsPerHour * MONTH_HOURS;
  const beyond = (quantity: number, free: number) => Math.max(0, quantity - (hasFreeGrant ? free : 0));
  const onDemand = onDemandSeconds * gb;
  return [
    {
      item: 'Functions, executions',
      quantity: executions,
      unit: 'executions',
      cost:
        (beyond(executions, prices.functionsFreeExecutions.price) / MILLION) * prices.functionsMillionExecutions.price,
    },
    {
      item: 'Functions, on demand',
      quantity: onDemand,
      unit: 'GB-seconds',
      cost: beyond(onDemand, prices.functionsFreeGbSeconds.price) * prices.functionsOnDemandGbSecond.price,
    },
    ...(alwaysReadyInstances === 0
      ? []
      : [
          {
            item: 'Functions, always ready, baseline',
            quantity: alwaysReadyInstances * MONTH_SECONDS * gb,
            unit: 'GB-seconds',
            cost: alwaysReadyInstances * MONTH_SECONDS * gb * prices.functionsAlwaysReadyIdleGbSecond.price,
          },
          {
            item: 'Functions, always ready, active',
            quantity: alwaysReadySeconds * gb,
            unit: 'GB-seconds',
            cost: alwaysReadySeconds * gb * prices.functionsAlwaysReadyActiveGbSecond.price,
          },
        ]),
  ];
}

/** Every function but those of HTTP scales by itself. */
function scaleGroups({
  eventsPerSecond,
  steps,
  vendorLatencyMs,
  tableTransactionsPerStep,
  cpu,
}: FunctionsLoad): ScaleGroup[] {
  const { operationMs, deliveryFunctions } = assumptions;
  const cpuMs = cpu.cpuMsPerEvent / 2;
  const deliveries = Math.min(steps, deliveryFunctions);
  return [
    // Looks for repeats in a table, and sends.
    { name: 'http', runsPerSecond: eventsPerSecond, durationMs: cpuMs + 2 * operationMs, cpuMs },
    { name: 'function:route-events', runsPerSecond: eventsPerSecond, durationMs: cpuMs + operationMs, cpuMs },
    ...Array.from({ length: deliveries }, (_, place) => ({
      name: place === 0 ? 'function:deliver-nimbus' : `another delivery function ${place}`,
      runsPerSecond: (eventsPerSecond * steps) / deliveries,
      durationMs: cpu.cpuMsPerStep + (1 + tableTransactionsPerStep) * operationMs + vendorLatencyMs,
      cpuMs: cpu.cpuMsPerStep,
    })),
  ];
}
