import { app, type HttpResponseInit } from '@azure/functions';
import { bridge } from './bridge.ts';

/** Says which parts answer; 503 when one does not, or has fallen silent. Open to monitors, because it tells nothing else. */
export async function health(): Promise<HttpResponseInit> {
  const { healthy, parts } = await bridge.health();
  return { status: healthy ? 200 : 503, jsonBody: { healthy, parts } };
}

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });
