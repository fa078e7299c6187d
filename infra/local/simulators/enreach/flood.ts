import { setTimeout as wait } from 'node:timers/promises';
import * as z from '../../../../shared/zod.ts';
import type { Directory, EntityKind } from './directory.ts';
import { findEvent } from './event-catalogue.ts';
import type { Hub } from './hub/hub.ts';
import type { Raiser } from './raiser.ts';

/**
 * Many events, as fast as the clients read or at a rate.
 *
 * - `count`: how many messages. `perSecond`: missing for as fast as every client reads; with a rate, nobody is waited for.
 * - `events`: names, taken in turn (default `QueueCallInArrived`).
 * - `entities`: ids, taken in turn (default: all of the event's kind).
 * - `calls`: to how many calls at once the messages belong, in turn (default 50).
 */
export const floodSchema = z.strictObject({
  count: z.int().check(z.positive()),
  perSecond: z.optional(z.number().check(z.positive())),
  events: z.optional(z.array(z.string()).check(z.minLength(1))),
  entities: z.optional(z.array(z.string()).check(z.minLength(1))),
  calls: z.optional(z.int().check(z.positive())),
});

export type FloodRequest = z.infer<typeof floodSchema>;

export interface FloodResult {
  readonly firstSerial: number;
  readonly lastSerial: number;
  readonly count: number;
  /** Over all messages. */
  readonly deliveries: number;
  readonly tookMs: number;
}

/** Between two turns of sending; how much is due follows from the clock. */
const turnMs = 2;

/** One turn ends after so many messages, to let clients' own records in. */
const messagesPerTurn = 500;

/** More than this waiting for one client means that it reads too slowly. */
const bufferedBytesLimit = 1024 * 1024;

const numberMark = '"@number@"';
const marks = /("@number@"|@serial@|@call@)/;

/**
 * Sends the messages and resolves when the last one has been handed over, or when `stopped`. Each has its serial
 * number in `legId` (`leg-17`) where the event has one, and in the behaviour's `serialField`.
 */
export async function flood(
  { count, perSecond, events = ['QueueCallInArrived'], entities, calls = 50 }: FloodRequest,
  { raiser, hub, directory }: { raiser: Raiser; hub: Hub; directory: Directory },
  stopped: AbortSignal,
): Promise<FloodResult> {
  const templates = events.flatMap((eventName) =>
    (entities ?? entitiesOf(findEvent(eventName)?.entity ?? 'user', directory)).map((entityId) => ({
      eventName,
      entityId,
      parts: partsOf(eventName, entityId, raiser),
    })),
  );
  const startedMs = performance.now();
  const isTooFar = () => hub.connections.some(({ transport }) => transport.bufferedBytes > bufferedBytesLimit);
  let sent = 0;
  let deliveries = 0;
  let firstSerial = 0;
  let lastSerial = 0;

  while (sent < count && !stopped.aborted) {
    const due = perSecond === undefined ? count : Math.ceil(((performance.now() - startedMs) / 1_000) * perSecond);
    const until = Math.min(count, due, sent + messagesPerTurn);
    const receivers = hub.connections;
    for (const { transport } of receivers) transport.cork();
    for (; sent < until; sent += 1) {
      const template = templates[sent % templates.length];
      if (template === undefined) break;
      const serial = raiser.nextSerial();
      const record = Buffer.from(fill(template.parts, serial, sent % calls));
      deliveries += raiser.deliver(serial, template.eventName, template.entityId, record).deliveredTo;
      firstSerial ||= serial;
      lastSerial = serial;
    }
    for (const { transport } of receivers) transport.uncork();
    const isBehind = perSecond !== undefined && sent < due && sent < count;
    await (isBehind ? new Promise((resolve) => setImmediate(resolve)) : wait(perSecond === undefined ? 0 : turnMs));
    while (perSecond === undefined && isTooFar() && !stopped.aborted) await wait(turnMs);
  }
  return { firstSerial, lastSerial, count: sent, deliveries, tookMs: performance.now() - startedMs };
}

function entitiesOf(kind: EntityKind, { users, queues, callLists }: Directory): readonly string[] {
  if (kind === 'callList') return callLists;
  return (kind === 'user' ? users : queues).map(({ id }) => id);
}

/** The record of an event, cut at the places that differ from message to message. */
function partsOf(eventName: string, entityId: string, raiser: Raiser): readonly string[] {
  const wireNames = new Set(findEvent(eventName)?.fields.map(({ wireName }) => wireName));
  const record = raiser.write(eventName, entityId, '@number@', {
    ...(wireNames.has('legId') ? { legId: 'leg-@serial@' } : {}),
    ...(wireNames.has('callId') ? { callId: 'f100d000-0000-4000-8000-@call@' } : {}),
  });
  return record.split(marks);
}

function fill(parts: readonly string[], serial: number, call: number): string {
  let text = '';
  for (const part of parts) {
    if (part === numberMark || part === '@serial@') text += serial;
    else if (part === '@call@') text += String(call).padStart(12, '0');
    else text += part;
  }
  return text;
}
