import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  countNames,
  type MeasuredOperations,
  type OperationCounts,
  operationsFile,
  readOperations,
} from '../../infra/tools/cost/operations.ts';
import { type CountedStack, startCountedStack } from '../helpers/counted-stack.ts';
import { eventually } from '../helpers/stack.ts';

/**
 * What an event costs in operations, counted on the wire. When the bridge does more or less than before, look at the
 * difference, and write the file that `npm run cost` prices: `UPDATE_COUNTS=1 npx vitest run test/contract/operations-per-event.test.ts`.
 */

const STEPS: Readonly<Record<string, string>> = {
  acd: '{ step: acd.createEvent, with: { type: Callback, groupId: 45, sender: "+441632960155", subject: Counted } }',
  crm: '{ step: crm.createActivity, with: { kind: task, subject: Counted } }',
  lucs: '{ step: lucs.createTask, with: { service: 3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f, caller: Counted } }',
  nimbus: '{ step: nimbus.addExternalTask, with: { serviceUpn: helpdesk@contoso.example } }',
};

/** Steps of one route go to different destinations, so that each has a session of its own. */
const CHAINS = [['acd'], ['crm'], ['lucs'], ['nimbus'], ['acd', 'crm'], ['acd', 'crm', 'nimbus']];

const nameOf = (chain: readonly string[]) => chain.join('-') || 'none';

const ROUTES = [
  'routes:',
  ...CHAINS.flatMap((chain) => [
    `  - id: ${nameOf(chain)}`,
    `    when: { event: '*', if: "data.serviceDisplayName = '${nameOf(chain)}'" }`,
    '    do:',
    ...chain.map((step) => `      - ${STEPS[step]}`),
  ]),
].join('\n');

/** Digits of a duration, and names of routes, make lines and rows longer or shorter. */
const BYTES = ['logBytes', 'tableBytes'] as const;

let stack: CountedStack;

beforeAll(async () => {
  stack = await startCountedStack(ROUTES, {
    // Every subject has a session of its own, so that it does not depend on chance which events share one.
    BRIDGE_LANES: '0',
    BRIDGE_RETRY_BASE_MS: '50',
    NIMBUS_CALLBACK_URL: 'http://127.0.0.1:9/api/nimbus',
    NIMBUS_CALLBACK_KEY: 'a-key',
    NIMBUS_SERVICES: 'helpdesk@contoso.example',
  });
  const registrations = () => stack.lines.filter((line) => line.includes('webhook registered')).length === 2;
  await eventually(() => registrations() || undefined, 'the registration at start');
  // Tables and connections are made by who needs them first.
  await Promise.all(CHAINS.slice(0, 4).map((chain) => raise(chain, 'first')));
  await quiet();
});

afterAll(() => stack?.stop());

/** Sends an event to the route with these steps, and resolves when the last step is done. */
async function raise(chain: readonly string[], taskId: string): Promise<void> {
  const subject = `${taskId}-${nameOf(chain)}`;
  const response = await stack.post('nimbus/tasks', {
    taskId: subject,
    event: 'Created',
    serviceUPN: 'counted@contoso.example',
    serviceDisplayName: nameOf(chain),
  });
  expect(response.status).toBe(202);
  const { id }: { id: string } = JSON.parse(await response.text());
  const about = () => stack.lines.filter((line) => line.includes(`event=${id}`));
  await eventually(
    () => about().filter((line) => line.includes('result=done')).length === chain.length || undefined,
    `${chain.length} deliveries of ${subject}`,
  );
  await eventually(() => about().some((line) => line.includes('routed ')) || undefined, `the routing of ${subject}`);
}

/** Resolves when every message is settled and every session given back. */
async function quiet(): Promise<void> {
  const { bus } = stack;
  await eventually(
    () => (bus.heldSessions() === 0 && bus.counts.settlements === bus.counts.receives) || undefined,
    'all sessions given back',
  );
}

function soFar(): OperationCounts {
  const { bus, tables, blobs, lines } = stack;
  // What the functions wrote, without the time and the function's name before it.
  const messages = lines.map((line) => line.split('  ').slice(2).join('  '));
  return {
    ...bus.counts,
    tableTransactions: tables.requests.length,
    tableBytes: tables.requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0),
    blobTransactions: blobs.requests.length,
    executions: bus.counts.receives,
    logLines: messages.length,
    logBytes: messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0),
  };
}

async function countsOf(chain: readonly string[]): Promise<OperationCounts> {
  const before = soFar();
  await raise(chain, 'counted');
  await quiet();
  const { executions, ...counts } = minus(soFar(), before);
  return { ...counts, executions: executions + 1 };
}

function minus(left: OperationCounts, right: OperationCounts): OperationCounts {
  const result = { ...left };
  for (const name of countNames) result[name] = left[name] - right[name];
  return result;
}

function plus(left: OperationCounts, right: OperationCounts): OperationCounts {
  const result = { ...left };
  for (const name of countNames) result[name] = left[name] + right[name];
  return result;
}

/** Bytes are compared to a fifth, everything else exactly. */
function expectSame(measured: OperationCounts, expected: OperationCounts, what: string): void {
  const bytes = Object.fromEntries(BYTES.map((name) => [name, expect.any(Number)]));
  expect(measured, what).toEqual({ ...expected, ...bytes });
  for (const name of BYTES) {
    expect(Math.abs(measured[name] - expected[name]), `${name} of ${what}`).toBeLessThanOrEqual(expected[name] / 5);
  }
}

async function timerRun() {
  const before = soFar();
  const calls = () => stack.tables.requests.length;
  for (const name of ['keep-nimbus-webhooks', 'watch-nimbus-silence']) {
    expect((await stack.runTimer(name)).status).toBe(202);
  }
  let seen = -1;
  let sinceMs = Date.now();
  await eventually(() => {
    if (calls() !== seen) sinceMs = Date.now();
    seen = calls();
    return (seen > before.tableTransactions && Date.now() - sinceMs > 500) || undefined;
  }, 'the end of both timers');
  const { tableTransactions, blobTransactions } = minus(soFar(), before);
  return { tableTransactions, blobTransactions };
}

/** How many receivers wait at each trigger, when those that have just given a session back wait again. */
async function waitingReceivers(): Promise<readonly number[]> {
  const now = () => [...stack.bus.waitingReceivers().values()];
  let seen = '';
  let sinceMs = Date.now();
  await eventually(() => {
    if (String(now()) !== seen) sinceMs = Date.now();
    seen = String(now());
    return Date.now() - sinceMs > 1_000 || undefined;
  }, 'no receiver comes or goes');
  return now();
}

it('is what the checked-in file says', { timeout: 30_000 }, async () => {
  const idle = await waitingReceivers();
  const perEvent = await countsOf([]);
  const perStep: Record<string, OperationCounts> = {};
  for (const [step = ''] of CHAINS.slice(0, 4)) perStep[step] = minus(await countsOf([step]), perEvent);
  const sumOf = (chain: readonly string[]) =>
    chain.reduce((sum, step) => plus(sum, perStep[step] ?? perEvent), perEvent);
  for (const chain of CHAINS.slice(4)) expectSame(await countsOf(chain), sumOf(chain), nameOf(chain));

  const measured: MeasuredOperations = {
    perEvent,
    perStep,
    perTimerRun: await timerRun(),
    idle: {
      sessionTriggers: idle.length,
      receiversPerTrigger: Math.max(...idle),
      receiverWaitSeconds: Math.round(Math.max(...stack.bus.waitMs) / 1_000),
    },
  };
  if (process.env.UPDATE_COUNTS) await writeFile(operationsFile, `${JSON.stringify(measured, undefined, 2)}\n`);

  const expected = readOperations();
  expect({ ...measured, perEvent: {}, perStep: {} }).toEqual({ ...expected, perEvent: {}, perStep: {} });
  expect(Object.keys(perStep)).toEqual(Object.keys(expected.perStep));
  expectSame(perEvent, expected.perEvent, 'an event that no route wants');
  for (const [step, counts] of Object.entries(expected.perStep)) {
    expectSame(perStep[step] ?? perEvent, counts, `a step of ${step}`);
  }
});
