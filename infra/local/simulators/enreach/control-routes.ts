import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { refuseControl } from '../common/inspection-routes.ts';
import { asJsonObject, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { floodSchema } from './flood.ts';
import { hubCallFaultSchema } from './hub/hub-call-faults.ts';
import type { EnreachSimulator } from './simulator.ts';
import { isStoryName, stories } from './stories.ts';

const item = { entityId: z.string(), eventName: z.string() };
const raiseSchema = z.strictObject({ ...item, data: z.optional(z.record(z.string(), z.unknown())) });
const refusalSchema = z.strictObject({ ...item, reason: z._default(z.string(), 'Unauthorized') });
const allowanceSchema = z.strictObject(item);
const malformedSchema = z.strictObject({ count: z._default(z.int().check(z.positive()), 1) });
const dropSchema = z.strictObject({ how: z._default(z.enum(['close', 'closeForGood', 'end', 'reset']), 'close') });

type Controlled = Pick<
  EnreachSimulator,
  | 'raise'
  | 'playStory'
  | 'raiseMalformed'
  | 'flood'
  | 'raised'
  | 'dropAll'
  | 'fallSilent'
  | 'expireTokens'
  | 'refuse'
  | 'allow'
  | 'failHubCall'
> & {
  /** Throws an Error that lists the settings that are unknown or wrong. */
  readonly behave: (changes: object) => void;
};

/**
 * What happens at Enreach without a call of its API, below `/_simulator`:
 *
 * - `POST /raise` `{"eventName", "entityId", "data"?}`; `POST /stories/{name}`; `POST /malformed` `{"count"?}`;
 *   `POST /flood`, which is answered when it is over. `GET /raised`: every message, and to how many it was handed.
 * - `POST /drop` `{"how"?}`, `POST /silence`: ends every connection, or leaves it half-open. `POST /expire-tokens`.
 * - `PUT` and `DELETE /refusals` `{"entityId", "eventName", "reason"?}`. `POST /hub-faults`: one call goes wrong.
 * - `PATCH /behaviour`: changes the named settings.
 */
export function registerControlRoutes(scope: FastifyInstance, enreach: Controlled): void {
  scope.setErrorHandler((error, _request, reply) =>
    refuseControl(reply, error instanceof Error ? error.message : String(error)),
  );

  scope.post('/raise', async (request) => {
    const { eventName, entityId, data } = read(raiseSchema, rawBodyOf(request));
    return enreach.raise(eventName, entityId, data);
  });
  scope.post<{ Params: { name: string } }>('/stories/:name', async ({ params: { name } }) => {
    if (!isStoryName(name)) throw new Error(`There is no story ${name}, but: ${Object.keys(stories).join(', ')}.`);
    return enreach.playStory(name);
  });
  scope.post('/malformed', async (request) => enreach.raiseMalformed(read(malformedSchema, rawBodyOf(request)).count));
  scope.post('/flood', async (request) => enreach.flood(read(floodSchema, rawBodyOf(request))));
  scope.get('/raised', async () => enreach.raised());

  scope.post('/drop', async (request) => ({ dropped: enreach.dropAll(read(dropSchema, rawBodyOf(request)).how) }));
  scope.post('/silence', async (_request, reply) => {
    enreach.fallSilent();
    return reply.code(204).send();
  });
  scope.post('/expire-tokens', async (_request, reply) => {
    enreach.expireTokens();
    return reply.code(204).send();
  });

  scope.put('/refusals', async (request, reply) => {
    const { entityId, eventName, reason } = read(refusalSchema, rawBodyOf(request));
    enreach.refuse(entityId, eventName, reason);
    return reply.code(204).send();
  });
  scope.delete('/refusals', async (request, reply) => {
    const { entityId, eventName } = read(allowanceSchema, rawBodyOf(request));
    enreach.allow(entityId, eventName);
    return reply.code(204).send();
  });
  scope.post('/hub-faults', async (request, reply) => {
    enreach.failHubCall(read(hubCallFaultSchema, rawBodyOf(request)));
    return reply.code(204).send();
  });
  scope.patch('/behaviour', async (request, reply) => {
    const changes = asJsonObject(parseJsonText(rawBodyOf(request)));
    if (changes === undefined) throw new Error('The body must be a JSON object of settings.');
    enreach.behave(Object.fromEntries(changes));
    return reply.code(204).send();
  });
}

/** An empty body counts as an empty object. Throws an Error that lists what is wrong. */
function read<T>(schema: z.core.$ZodType<T>, body: string): T {
  const parsed = z.safeParse(schema, parseJsonText(body || '{}'));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
