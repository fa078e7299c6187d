import type { OutgoingMessage } from '../../../shared/bus/bus.ts';
import { createTableCreations } from '../../../shared/delivery/creations.ts';
import { type DeliverOptions, deliver } from '../../../shared/delivery/deliver.ts';
import { type Delivery, deliveryKey, firstDelivery, readDelivery } from '../../../shared/delivery/delivery.ts';
import { createTableLedger } from '../../../shared/delivery/table-ledger.ts';
import { type BoundStep, defineStep, type StepCall } from '../../../shared/destinations/step.ts';
import { TransientError } from '../../../shared/errors.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { loadRoutes, type Routes } from '../../../shared/routes/load-routes.ts';
import * as z from '../../../shared/zod.ts';
import { anEvent } from '../../helpers/an-event.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { bodyOf, RecordingBus } from '../../helpers/recording-bus.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

export const START_MS = Date.parse('2025-03-05T14:00:00.000Z');
export const HOUR_MS = 3_600_000;

/** What the steps of the model destination do. */
export interface ModelDestination {
  run: (text: string | undefined, call: StepCall) => Promise<unknown>;
  /** Asked only by the step `demo.findable`. */
  findExisting: (call: StepCall) => Promise<unknown>;
}

const args = z.strictObject({
  text: z.optional(z.string().check(z.maxLength(40))),
  kind: z.optional(z.enum(['a', 'b'])),
});
const run = (client: ModelDestination, { text }: z.infer<typeof args>, call: StepCall) => client.run(text, call);
const findExisting = (client: ModelDestination, _args: unknown, call: StepCall) => client.findExisting(call);

/** One step of each kind: one that can be asked for, one that can't, one that is remembered, and one that may be repeated. */
const definitions = {
  'demo.findable': defineStep({ summary: 'x', args, repeatable: false, run, findExisting }),
  'demo.blind': defineStep({ summary: 'x', args, repeatable: false, run }),
  'demo.remembered': defineStep({ summary: 'x', args, repeatable: false, run, remembered: true }),
  'demo.repeatable': defineStep({ summary: 'x', args, repeatable: true, run }),
  'next.note': defineStep({ summary: 'x', args, repeatable: true, run }),
};

export type StepName = keyof typeof definitions;

export function routesWith(firstStep: string, more = ''): Routes {
  const yaml = `
settings:
  mark: "!"
routes:
  - id: route-1
    when:
      event: "*"
    do:
      - step: ${firstStep}
        with:
          text: =data.text & settings.mark
        as: first
${more}`;
  return loadRoutes(yaml, { fileName: 'routes.yaml', steps: new Map(Object.entries(definitions)) });
}

/** The delivery engine over a table, a bus and a destination in memory, with a clock that only sleeping moves. */
export function engineUnderTest({
  step = 'demo.findable',
  routes = routesWith(step, '      - step: next.note\n'),
  maxAgeMs = 24 * HOUR_MS,
  ...overrides
}: { step?: StepName; maxAgeMs?: number } & Partial<DeliverOptions> = {}) {
  const table = new MemoryTable();
  const bus = new RecordingBus();
  const log = new RecordingLog();
  const ledger = createTableLedger(table);
  const clock = { nowMs: START_MS };
  const sleeps: number[] = [];
  const calls: { text: string | undefined; call: StepCall }[] = [];
  const questions: StepCall[] = [];
  const destination: ModelDestination = {
    run: async () => ({ id: 'made' }),
    findExisting: async () => undefined,
  };
  const client: ModelDestination = {
    run: (text, call) => {
      calls.push({ text, call });
      return destination.run(text, call);
    },
    findExisting: (call) => {
      questions.push(call);
      return destination.findExisting(call);
    },
  };
  const options: DeliverOptions = {
    routes,
    steps: new Map<string, BoundStep>(Object.entries(definitions).map(([name, each]) => [name, each.bind(client)])),
    ledger,
    creations: createTableCreations(table, ledger),
    bus,
    lanes: 8,
    clock: () => clock.nowMs,
    random: () => 0.5,
    sleep: async (ms) => {
      sleeps.push(ms);
      clock.nowMs += ms;
    },
    retry: {
      quickTries: 3,
      quick: { baseMs: 200, capMs: 1_000 },
      later: { baseMs: 5_000, capMs: 900_000 },
      maxAgeMs,
      claimMs: 60_000,
    },
    ...overrides,
  };

  return {
    table,
    bus,
    log,
    ledger,
    clock,
    sleeps,
    calls,
    questions,
    destination,
    options,
    /** The first delivery of the route, or a later copy of it. */
    delivery: (event: Partial<CloudEvent> = {}, parts: Partial<Delivery> = {}): Delivery => ({
      ...firstDelivery(anEvent({ data: { text: 'hello' }, ...event }), 'route-1', step, START_MS),
      ...parts,
    }),
    deliver: (delivery: Delivery) => deliver(delivery, options, log),
    /** Leaves a claim behind, as a process does that dies. */
    claimAndDie: async (delivery: Delivery) => {
      await ledger.claim(deliveryKey(delivery), clock.nowMs, options.retry.claimMs);
    },
    stateOf: async (delivery: Delivery) => (await ledger.lookUp(deliveryKey(delivery)))?.state,
  };
}

export type Engine = ReturnType<typeof engineUnderTest>;

/** The one message that `entity` took. */
export function onlyMessage(engine: Engine, entity: string): OutgoingMessage {
  const [message, ...more] = engine.bus.messagesOf(entity);
  if (message === undefined || more.length > 0) {
    throw new Error(`${engine.bus.messagesOf(entity).length} messages in ${entity}, not one`);
  }
  return message;
}

/** The one copy that the first step's delivery scheduled of itself, and for when. */
export function onlyCopy(engine: Engine) {
  const message = onlyMessage(engine, 'deliver-demo');
  const atMs = message.scheduledEnqueueTime?.getTime() ?? Number.NaN;
  return { message, delivery: readDelivery(bodyOf(message)), atMs };
}

/** How a destination fails that may answer the next time. */
export function timeout(): TransientError {
  return new TransientError('Demo did not answer within 10 ms for "write"');
}
