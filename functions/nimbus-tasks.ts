import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { toHttpResponse, toWebhookRequest } from './http.ts';

/** Takes the webhook "When a task changes state" from Nimbus or a Power Automate flow. */
export async function nimbusTasks(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  return toHttpResponse(await bridge.receiveNimbusTask(await toWebhookRequest(request), functionLog(context)));
}

app.http('nimbus-tasks', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'nimbus/tasks',
  handler: nimbusTasks,
});
