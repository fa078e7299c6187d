import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from '../../../shared/zod.ts';

const count = z.number().check(z.nonnegative());

/** What one thing that happens costs in operations. */
const operationCounts = z.strictObject({
  /** Messages sent to Service Bus. */
  sends: count,
  /** Messages received from it. */
  receives: count,
  /** Messages completed. */
  settlements: count,
  /** Sessions taken. */
  sessionAccepts: count,
  /** Requests for one more message of a session that ended without one. */
  emptyReceives: count,
  /** Renewals of locks and the like. */
  managementRequests: count,
  tableTransactions: count,
  /** An upper bound of what stays in the tables: a row that is written twice counts twice. */
  tableBytes: count,
  blobTransactions: count,
  /** Runs of functions. */
  executions: count,
  /** Lines that the functions log. */
  logLines: count,
  logBytes: count,
});

export type OperationCounts = z.infer<typeof operationCounts>;

export const countNames = Object.keys(operationCounts._zod.def.shape).filter(isCountName);

function isCountName(name: string): name is keyof OperationCounts {
  return name in operationCounts._zod.def.shape;
}

const measuredOperations = z.strictObject({
  /** A webhook that no route wants. */
  perEvent: operationCounts,
  /** What a step adds, by destination. */
  perStep: z.record(z.string(), operationCounts),
  /** Both timer functions together. */
  perTimerRun: z.strictObject({ tableTransactions: count, blobTransactions: count }),
  idle: z.strictObject({
    /** Functions that wait for sessions. */
    sessionTriggers: count,
    /** Receivers that wait for each of them; in Azure fewer, see {@link assumptions}. */
    receiversPerTrigger: count,
    /** After so many seconds without a session a receiver asks again. */
    receiverWaitSeconds: count,
  }),
});

/** As measured by test/contract/operations-per-event.test.ts. Every event is alone: nothing is shared or batched. */
export type MeasuredOperations = z.infer<typeof measuredOperations>;

export const operationsFile = resolve(import.meta.dirname, 'operations-per-event.json');

export function readOperations(file = operationsFile): MeasuredOperations {
  return z.parse(measuredOperations, JSON.parse(readFileSync(file, 'utf8')));
}

/** Of a route with so many steps; each step is taken for the dearest one, operation by operation. */
export function operationsOfEvent({ perEvent, perStep }: MeasuredOperations, steps: number): OperationCounts {
  const add = (name: keyof OperationCounts): number =>
    perEvent[name] + steps * Math.max(0, ...Object.values(perStep).map((counts) => counts[name]));
  return {
    sends: add('sends'),
    receives: add('receives'),
    settlements: add('settlements'),
    sessionAccepts: add('sessionAccepts'),
    emptyReceives: add('emptyReceives'),
    managementRequests: add('managementRequests'),
    tableTransactions: add('tableTransactions'),
    tableBytes: add('tableBytes'),
    blobTransactions: add('blobTransactions'),
    executions: add('executions'),
    logLines: add('logLines'),
    logBytes: add('logBytes'),
  };
}
