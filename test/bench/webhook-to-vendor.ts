import { buildApp } from '../../infra/tools/build.ts';
import { eventually, startTestStack } from '../helpers/stack.ts';
import { percentile } from './percentile.ts';

const WARM_UP = 40;
const EVENTS = 200;

/** A route with one step: what is measured is the bridge, not the number of calls that a route makes. */
const ROUTES = `
routes:
  - id: one-call
    when: { event: '*' }
    do:
      - step: lucs.createTask
        with: { service: 3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f, caller: =data.taskId }
`;

export interface WebhookToVendor {
  readonly toAnswer: { readonly p50Ms: number; readonly p99Ms: number };
  readonly toVendor: { readonly p50Ms: number; readonly p99Ms: number };
}

/**
 * How long it takes from the start of a webhook's request until the vendor has the call, one event at a time:
 * HTTP, table, topic, router, queue, ledger, HTTP.
 */
export async function run(): Promise<WebhookToVendor> {
  await buildApp();
  const test = await startTestStack({ routes: ROUTES });
  const toAnswer: number[] = [];
  const toVendor: number[] = [];
  try {
    for (let number = 0; number < WARM_UP + EVENTS; number++) {
      const taskId = `bench-${number}`;
      const startedMs = Date.now();
      const response = await test.post('nimbus/tasks', { taskId, event: 'Created' });
      const answeredMs = Date.now();
      if (response.status !== 202) throw new Error(`the bridge answered ${response.status}`);
      const request = await eventually(
        () => test.simulators.lucs.requests().find(({ body }) => callerOf(body) === taskId),
        `the call for ${taskId}`,
      );
      if (number >= WARM_UP) {
        toAnswer.push(answeredMs - startedMs);
        toVendor.push(Date.parse(request.at) - startedMs);
      }
    }
  } finally {
    await test.stop();
  }
  const result = { toAnswer: summary(toAnswer), toVendor: summary(toVendor) };
  console.log(`webhook answered    p50 ${result.toAnswer.p50Ms} ms   p99 ${result.toAnswer.p99Ms} ms`);
  console.log(`vendor has the call p50 ${result.toVendor.p50Ms} ms   p99 ${result.toVendor.p99Ms} ms`);
  return result;
}

function summary(samples: readonly number[]) {
  return { p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}

function callerOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, 'Caller') : undefined;
}
