import { setTimeout as wait } from 'node:timers/promises';
import { floodSchema } from '../../infra/local/simulators/enreach/flood.ts';
import { startEnreachSimulator } from '../../infra/local/simulators/enreach/simulator.ts';
import * as z from '../../shared/zod.ts';

/**
 * The Enreach simulator as a process of the relay's bench. It floods when it is told to, and paces: raises events one
 * by one at a rate, each with the time at which it was raised.
 */

export const paceSchema = z.object({
  count: z.int(),
  perSecond: z.number(),
  eventName: z.string(),
  entities: z.array(z.string()).check(z.minLength(1)),
});

const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('flood'), request: floodSchema }),
  z.object({ type: z.literal('pace'), request: paceSchema }),
]);

const TURN_MS = 1;

const enreach = await startEnreachSimulator({ port: 0, size: { users: Number(process.env.BENCH_USERS) } });
process.on('message', (message) => {
  const parsed = z.safeParse(requestSchema, message);
  if (parsed.success) void handle(parsed.data);
});
process.send?.({ type: 'ready', baseUrl: enreach.baseUrl });

async function handle(message: z.infer<typeof requestSchema>): Promise<void> {
  if (message.type === 'flood') process.send?.({ ...(await enreach.flood(message.request)), type: 'flood' });
  else process.send?.({ type: 'pace', deliveries: await pace(message.request) });
}

async function pace({ count, perSecond, eventName, entities }: z.infer<typeof paceSchema>): Promise<number> {
  const startedMs = performance.now();
  let deliveries = 0;
  for (let sent = 0; sent < count; await wait(TURN_MS)) {
    const due = Math.min(count, ((performance.now() - startedMs) / 1_000) * perSecond);
    for (; sent < due; sent += 1) {
      const entityId = entities[sent % entities.length] ?? '';
      // The clock that all processes of a machine share; the field is free text.
      deliveries += enreach.raise(eventName, entityId, { legId: String(process.hrtime.bigint()) }).deliveredTo;
    }
  }
  return deliveries;
}
