import { app, type InvocationContext } from '@azure/functions';
import { readDelivery } from '../shared/delivery/delivery.ts';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { sessionQueueTrigger, toIncomingMessage } from './service-bus.ts';

/** Carries out the steps that routes ask of Nimbus. */
export async function deliverNimbus(message: unknown, context: InvocationContext): Promise<void> {
  await bridge.deliver(readDelivery(toIncomingMessage(message, context).body), functionLog(context));
}

app.generic('deliver-nimbus', { trigger: sessionQueueTrigger('deliver-nimbus'), handler: deliverNimbus });
