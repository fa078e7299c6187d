import { app, type InvocationContext } from '@azure/functions';
import { readDelivery } from '../shared/delivery/delivery.ts';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { sessionQueueTrigger, toIncomingMessage } from './service-bus.ts';

/** Carries out the steps that routes ask of the CRM. */
export async function deliverCrm(message: unknown, context: InvocationContext): Promise<void> {
  await bridge.deliver(readDelivery(toIncomingMessage(message, context).body), functionLog(context));
}

app.generic('deliver-crm', { trigger: sessionQueueTrigger('deliver-crm'), handler: deliverCrm });
