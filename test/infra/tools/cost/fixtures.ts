import type { DeploymentShape } from '../../../../infra/tools/cost/deployment.ts';
import type { MeasuredOperations, OperationCounts } from '../../../../infra/tools/cost/operations.ts';
import { type Prices, readPrices } from '../../../../infra/tools/cost/prices.ts';

export const noCounts: OperationCounts = {
  sends: 0,
  receives: 0,
  settlements: 0,
  sessionAccepts: 0,
  emptyReceives: 0,
  managementRequests: 0,
  tableTransactions: 0,
  tableBytes: 0,
  blobTransactions: 0,
  executions: 0,
  logLines: 0,
  logBytes: 0,
};

export const operations: MeasuredOperations = {
  perEvent: {
    ...noCounts,
    sends: 1,
    receives: 1,
    settlements: 1,
    executions: 2,
    tableTransactions: 1,
    tableBytes: 100,
  },
  perStep: {
    acd: { ...noCounts, sends: 1, receives: 1, settlements: 1, executions: 1, tableTransactions: 2 },
    lucs: { ...noCounts, sends: 1, receives: 1, settlements: 1, executions: 1, tableTransactions: 4, logBytes: 10 },
  },
  perTimerRun: { tableTransactions: 10, blobTransactions: 0 },
  idle: { sessionTriggers: 5, receiversPerTrigger: 32, receiverWaitSeconds: 60 },
};

export const cpu = {
  measured: '2026-01-01',
  machine: 'none',
  how: 'by hand',
  cpuMsPerEvent: 4,
  cpuMsPerStep: 2,
};

export const shape: DeploymentShape = {
  serviceBusSku: 'Standard',
  messagingUnits: 1,
  instanceMemoryMB: 2048,
  alwaysReady: {},
  zoneRedundantStorage: false,
  relay: { mode: 'none', replicas: 0, cpu: 0, memoryGib: 0 },
  logDailyCapGb: undefined,
  metricAlertSeries: 0,
  logAlerts: 0,
  privateEndpoints: 0,
  natGateways: 0,
  publicAddresses: 0,
  privateDnsZones: 0,
};

const shipped = readPrices().prices;
const priced = (price: number) => ({ price, per: 'something', source: 'the test' });

/** Round prices, for sums that can be worked out by hand. */
export const prices: Prices = {
  ...shipped,
  serviceBusStandardHour: priced(0.01),
  serviceBusMillionOperationsFrom13M: priced(1),
  serviceBusMillionOperationsFrom100M: priced(0.5),
  serviceBusMillionOperationsFrom2500M: priced(0.1),
  serviceBusPremiumUnitHour: priced(1),
  functionsMillionExecutions: priced(1),
  functionsOnDemandGbSecond: priced(0.0001),
  functionsAlwaysReadyIdleGbSecond: priced(0.00001),
  functionsAlwaysReadyActiveGbSecond: priced(0.00005),
  functionsFreeGbSeconds: priced(1_000),
  functionsFreeExecutions: priced(10_000),
  tableMillionTransactions: priced(1),
  storageGbMonth: priced(1),
  containerVcpuSecond: priced(0.0001),
  containerGibSecond: priced(0.00001),
  containerFreeVcpuSeconds: priced(100_000),
  containerFreeGibSeconds: priced(200_000),
  registryDay: priced(1),
  logGb: priced(2),
  logFreeGb: priced(1),
  metricAlertSeriesMonth: priced(0.1),
  logAlertMonth: priced(1),
  privateEndpointHour: priced(0.01),
};
