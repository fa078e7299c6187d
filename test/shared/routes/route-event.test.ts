import { describe, expect, it } from 'vitest';
import { laneOf } from '../../../shared/bus/lane.ts';
import { readDelivery } from '../../../shared/delivery/delivery.ts';
import { TransientError } from '../../../shared/errors.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';
import { loadRoutes, type Route } from '../../../shared/routes/load-routes.ts';
import { routeEvent } from '../../../shared/routes/route-event.ts';
import * as z from '../../../shared/zod.ts';
import { anEvent } from '../../helpers/an-event.ts';
import { bodyOf, RecordingBus } from '../../helpers/recording-bus.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

const NOW = Date.parse('2025-03-05T14:07:01.000Z');
const ACCEPTED_AT_MS = NOW - 1_500;
const LANES = 8;

const steps = new Map(['crm.note', 'lucs.note'].map((name) => [name, { args: z.looseObject({}) }]));

function route(id: string, when: string, ...stepNames: string[]): string {
  const list = stepNames.map((name) => `      - step: ${name}\n`).join('');
  return `  - id: ${id}\n    when:\n      event: "*"\n      if: ${JSON.stringify(when)}\n    do:\n${list}`;
}

function routesOf(...parts: string[]): readonly Route[] {
  return loadRoutes(`routes:\n${parts.join('')}`, { fileName: 'routes.yaml', steps }).all;
}

function setUp(routes: readonly Route[]) {
  const bus = new RecordingBus();
  const log = new RecordingLog();
  const options = { routes, bus, lanes: LANES, clock: () => NOW };
  const run = (event: CloudEvent) => routeEvent(event, ACCEPTED_AT_MS, options, log);
  return { bus, log, run };
}

const inbound = anEvent({
  traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
  data: { direction: 'Inbound', caller: '+41791112233' },
});

describe('routeEvent', () => {
  it('sends the first step of every route that matches, and says what it did', async () => {
    const routes = routesOf(
      route('yes', "data.direction = 'Inbound'", 'crm.note', 'lucs.note'),
      route('no', "data.direction = 'Outbound'", 'crm.note'),
    );
    const { bus, log, run } = setUp(routes);
    await run(inbound);

    expect(bus.sends.map(({ entity }) => entity)).toEqual(['deliver-crm']);
    const [message] = bus.messagesOf('deliver-crm');
    if (message === undefined) throw new Error('nothing was sent');
    expect(readDelivery(bodyOf(message))).toEqual({
      event: inbound,
      route: 'yes',
      step: 0,
      stepName: 'crm.note',
      results: {},
      attempt: 1,
      firstAttemptAt: '2025-03-05T14:07:01.000Z',
      acceptedAt: '2025-03-05T14:06:59.500Z',
    });
    expect(message).toMatchObject({ sessionId: laneOf('task-1', LANES), subject: 'crm.note' });
    expect(message.scheduledEnqueueTime).toBeUndefined();
    expect(log.text).toBe('info routed event=event-1 to=yes not=no');
  });

  it('sends nothing when no route matches', async () => {
    const { bus, log, run } = setUp(routesOf(route('no', 'false', 'crm.note')));
    await run(inbound);
    expect(bus.sends).toEqual([]);
    expect(log.text).toBe('info routed event=event-1 to=none not=no');
  });

  it('sends once to each queue, with messages that differ in their ids', async () => {
    const { bus, run } = setUp(
      routesOf(route('a', 'true', 'crm.note'), route('b', 'true', 'lucs.note'), route('c', 'true', 'crm.note')),
    );
    await run(inbound);
    expect(bus.sends.map(({ entity, messages }) => [entity, messages.length])).toEqual([
      ['deliver-crm', 2],
      ['deliver-lucs', 1],
    ]);
    const ids = bus.sends.flatMap(({ messages }) => messages.map(({ messageId }) => messageId));
    expect(new Set(ids).size).toBe(3);
  });

  it('gives the same message ids each time, so that the bus drops what it has', async () => {
    const { bus, run } = setUp(routesOf(route('a', 'true', 'crm.note'), route('b', 'true', 'crm.note')));
    await run(inbound);
    await run(inbound);
    await run({ ...inbound, id: 'event-2' });
    const [first, second, other] = bus.sends.map(({ messages }) => messages.map(({ messageId }) => messageId));
    expect(second).toEqual(first);
    expect(other).toHaveLength(2);
    expect(first?.filter((id) => other?.includes(id))).toEqual([]);
  });

  it('puts a route that throws on record and lets the others run', async () => {
    const { bus, log, run } = setUp(
      routesOf(route('broken', '$number(data.caller) > 0', 'crm.note'), route('fine', 'true', 'crm.note')),
    );
    await run({ ...inbound, data: { caller: 'SECRET-4711' } });

    expect(
      bus.messagesOf('deliver-crm').map(({ body }) => z.parse(z.object({ route: z.string() }), body).route),
    ).toEqual(['fine']);
    const [failed, ...more] = bus.messagesOf('failed');
    expect(more).toEqual([]);
    expect(failed?.applicationProperties).toEqual({
      route: 'broken',
      eventId: 'event-1',
      errorClass: 'ExpressionError',
      errorMessage: expect.stringMatching(/^JSONata D3030 at character \d+$/),
      attempts: 1,
      firstAttemptAt: '2025-03-05T14:07:01.000Z',
      lastAttemptAt: '2025-03-05T14:07:01.000Z',
      traceparent: inbound.traceparent,
    });
    expect(failed).toMatchObject({ subject: 'ExpressionError', contentType: 'application/json' });
    expect(failed?.body).toMatchObject({ event: { data: { caller: 'SECRET-4711' } }, route: 'broken' });
    expect(log.entries.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'route could not be matched'],
      ['info', 'routed'],
    ]);
    expect(log.entries[1]?.fields).toMatchObject({ to: 'fine', failed: 'broken' });
    expect(log.text).not.toContain('SECRET');
  });

  it('keeps the text of an unexpected fault to itself', async () => {
    const matches = async () => {
      throw new RangeError('SECRET-4711');
    };
    const { bus, log, run } = setUp([
      { id: 'broken', matches, steps: [{ name: 'crm.note', as: undefined, mapArguments: async () => ({}) }] },
    ]);
    await run(inbound);
    const [failed] = bus.messagesOf('failed');
    expect(failed?.applicationProperties).toMatchObject({
      errorClass: 'RangeError',
      errorMessage: 'an unexpected fault in the bridge',
    });
    expect(JSON.stringify(failed) + log.text).not.toContain('SECRET');
  });

  it('throws when the bus takes only a part, and sends all of it the next time', async () => {
    const { bus, run } = setUp(routesOf(route('a', 'true', 'crm.note'), route('b', 'true', 'lucs.note')));
    bus.before = (entity) => {
      if (entity === 'deliver-lucs') throw new TransientError('the bus does not answer');
    };
    await expect(run(inbound)).rejects.toBeInstanceOf(TransientError);
    expect(bus.messagesOf('deliver-crm')).toHaveLength(1);
    bus.recover();
    await run(inbound);
    expect(bus.messagesOf('deliver-lucs')).toHaveLength(1);
    const [first, again] = bus.messagesOf('deliver-crm');
    expect(again?.messageId).toBe(first?.messageId);
  });
});
