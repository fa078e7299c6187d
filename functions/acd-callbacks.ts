import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions';
import { bridge } from './bridge.ts';
import { functionLog } from './function-log.ts';
import { toHttpResponse, toWebhookRequest } from './http.ts';

/** Takes the callback requests and voice mails that jtel ACD posts for its groups. */
export async function acdCallbacks(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const kind = request.query.get('kind');
  return toHttpResponse(await bridge.receiveAcdCallback(await toWebhookRequest(request), kind, functionLog(context)));
}

app.http('acd-callbacks', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'acd/callbacks',
  handler: acdCallbacks,
});
