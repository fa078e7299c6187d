import { app, type InvocationContext } from '@azure/functions';
import { fromEventMessage } from '../shared/bus/event-message.ts';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { enqueuedAtMs, sessionTopicTrigger, toIncomingMessage } from './service-bus.ts';

/** Finds the routes of each event and sends their first deliveries. */
export async function routeEvents(message: unknown, context: InvocationContext): Promise<void> {
  const event = fromEventMessage(toIncomingMessage(message, context));
  await bridge.route(event, enqueuedAtMs(context), functionLog(context));
}

app.generic('route-events', { trigger: sessionTopicTrigger('events', 'router'), handler: routeEvents });
