import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { WebhookAnswer } from '../shared/webhooks/problem.ts';
import type { WebhookRequest } from '../shared/webhooks/read-body.ts';

export async function toWebhookRequest(request: HttpRequest): Promise<WebhookRequest> {
  return {
    headers: Object.fromEntries(request.headers.entries()),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

export function toHttpResponse({ status, headers, body }: WebhookAnswer): HttpResponseInit {
  return { status, headers: { ...headers }, body };
}
