import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { nimbusBearerToken } from '../../../../../infra/local/simulators/credentials.ts';
import {
  type NimbusSimulatorOptions,
  startNimbusSimulator,
} from '../../../../../infra/local/simulators/nimbus/simulator.ts';
import * as z from '../../../../../shared/zod.ts';
import { type Answer, call } from '../call.ts';

export type NimbusUnderTest = Awaited<ReturnType<typeof startNimbusUnderTest>>;

const payloadSchema = z.record(z.string(), z.unknown());

/** 10:00 on a Friday, in milliseconds since the epoch. */
export const startMs = Date.parse('2026-03-06T10:00:00Z');

export const helpdesk = 'helpdesk@contoso.example';
export const sales = 'sales@contoso.example';

/**
 * A simulator whose clock stands until it is put forward, and a receiver of its callbacks that answers as it is told.
 */
export async function startNimbusUnderTest(options: Omit<NimbusSimulatorOptions, 'port'> = {}) {
  const clock = { nowMs: startMs };
  const nimbus = await startNimbusSimulator({ port: 0, clock: () => clock.nowMs, ...options });
  const received: Record<string, unknown>[] = [];
  const answers: number[] = [];
  const receiver = createServer(async (request, response) => {
    received.push(payloadSchema.parse(JSON.parse(await text(request))));
    response.writeHead(answers.shift() ?? 202).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const address = receiver.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`;

  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(method, nimbus.baseUrl + path, { token: nimbusBearerToken, ...(body === undefined ? {} : { body }) });
  const valuesOf = async (path: string): Promise<string[]> =>
    z.parse(z.array(z.object({ value: z.string() })), (await send('GET', path)).body).map(({ value }) => value);

  return {
    nimbus,
    clock,
    /** Payloads in the order of their arrival. */
    received,
    /** Statuses that the next callbacks are answered; 202 when there are none. */
    answers,
    /** A call with the token. */
    send,
    /** A call of a control, without one. */
    control: (method: string, path: string, body?: unknown): Promise<Answer> =>
      call(method, `${nimbus.origin}/_simulator${path}`, body === undefined ? {} : { body }),
    /** Registers the receiver for every event of both webhooks, and gives the triggers' addresses. */
    listen: async (): Promise<string[]> => {
      const taskEvents = await valuesOf('/v1/tasks/events');
      const schedulerEntryEvents = await valuesOf('/v1/scheduler-entries/events');
      const services = [helpdesk, sales];
      const registered = [
        await send('POST', '/v1/triggers/tasks', { config: { url, services, taskEvents } }),
        await send('POST', '/v1/triggers/scheduler-entries', { config: { url, services, schedulerEntryEvents } }),
      ];
      return registered.map(({ headers }) => new URL(headers.get('location') ?? '').pathname);
    },
    /** What the receiver heard since it was asked last, as soon as nothing is under way any more. */
    heard: async (): Promise<Record<string, unknown>[]> => {
      await nimbus.settled();
      return received.splice(0);
    },
    /** As `heard`, only the events. */
    heardEvents: async (): Promise<unknown[]> => {
      await nimbus.settled();
      return received.splice(0).map(({ event }) => event);
    },
    /** What is under way arrives first, so that the next test does not hear it. */
    reset: async (): Promise<void> => {
      await nimbus.settled();
      nimbus.clear();
      received.length = 0;
      answers.length = 0;
      clock.nowMs = startMs;
    },
    close: async (): Promise<void> => {
      await nimbus.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
}
