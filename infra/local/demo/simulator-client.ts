import * as z from '../../../shared/zod.ts';

const requestsSchema = z.array(
  z.object({
    at: z.string(),
    method: z.string(),
    path: z.string(),
    body: z.unknown(),
    answer: z.nullable(z.object({ status: z.number() })),
  }),
);

/** A request as a simulator recorded it. */
export type ArrivedRequest = z.infer<typeof requestsSchema>[number];

const callbacksSchema = z.array(
  z.object({ url: z.string(), status: z.nullable(z.number()), body: z.string(), ms: z.number() }),
);

/** What the bridge answered to a webhook. */
export type Callback = z.infer<typeof callbacksSchema>[number];

/** Everything that arrived at a simulator so far. */
export async function arrivedAt(baseUrl: string): Promise<ArrivedRequest[]> {
  const response = await fetch(new URL('/_simulator/requests', baseUrl));
  return z.parse(requestsSchema, await response.json());
}

/** Has the Nimbus simulator raise a webhook; gives one callback for each registration that wants it. */
export async function raise(nimbusUrl: string, webhook: string, payload: unknown): Promise<Callback[]> {
  const response = await fetch(new URL('/_simulator/raise', nimbusUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ webhook, payload }),
  });
  if (!response.ok) throw new Error(`the Nimbus simulator answered ${response.status}`);
  return z.parse(callbacksSchema, await response.json());
}
