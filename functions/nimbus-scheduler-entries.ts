import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { toHttpResponse, toWebhookRequest } from './http.ts';

/** Takes the webhook "When a scheduler entry changes state" from Nimbus or a Power Automate flow. */
export async function nimbusSchedulerEntries(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  return toHttpResponse(
    await bridge.receiveNimbusSchedulerEntry(await toWebhookRequest(request), functionLog(context)),
  );
}

app.http('nimbus-scheduler-entries', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'nimbus/scheduler-entries',
  handler: nimbusSchedulerEntries,
});
