import type { Bus, OutgoingMessage } from '../bus/bus.ts';
import { firstDelivery, queueOf, toDeliveryMessage } from '../delivery/delivery.ts';
import { FAILED_QUEUE, failedMatchMessage } from '../delivery/failure.ts';
import { PermanentError } from '../errors.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Log } from '../log.ts';
import type { Route } from './load-routes.ts';

export interface RouteEventOptions {
  readonly routes: readonly Route[];
  readonly bus: Bus;
  readonly lanes: number;
  readonly clock: () => number;
}

/**
 * Sends the first delivery of every route that matches. A route that can't be matched is put on record in `failed` and
 * does not keep the others from running.
 * @param acceptedAtMs when the bus took the event, in milliseconds since the epoch
 * @throws TransientError when the bus does not take a delivery; sending all of them again does no harm.
 */
export async function routeEvent(
  event: CloudEvent,
  acceptedAtMs: number | undefined,
  options: RouteEventOptions,
  log: Log,
): Promise<void> {
  const { routes, bus, lanes, clock } = options;
  const byQueue = new Map<string, OutgoingMessage[]>();
  const add = (queue: string, message: OutgoingMessage) => {
    byQueue.set(queue, [...(byQueue.get(queue) ?? []), message]);
  };
  const matched: string[] = [];
  const notMatched: string[] = [];
  const broken: string[] = [];

  for (const route of routes) {
    const now = new Date(clock()).toISOString();
    try {
      const [first] = route.steps;
      if (first === undefined || !(await route.matches(event))) {
        notMatched.push(route.id);
        continue;
      }
      matched.push(route.id);
      add(
        queueOf(first.name),
        toDeliveryMessage(firstDelivery(event, route.id, first.name, clock(), acceptedAtMs), lanes),
      );
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const message = error instanceof PermanentError ? error.message : 'an unexpected fault in the bridge';
      broken.push(route.id);
      log.warn('route could not be matched', { event: event.id, route: route.id, reason: message });
      const failure = { errorClass: name, message, attempts: 1, firstAttemptAt: now, lastAttemptAt: now };
      add(FAILED_QUEUE, failedMatchMessage(event, route.id, failure));
    }
  }

  await Promise.all([...byQueue].map(([queue, messages]) => bus.send(queue, messages)));
  log.info('routed', {
    event: event.id,
    to: matched.join(',') || 'none',
    not: notMatched.join(',') || undefined,
    failed: broken.join(',') || undefined,
  });
}
