import type { FastifyInstance, FastifyReply } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { type Problems, readTriggerRequest, type Webhook } from './trigger-request.ts';
import type { Triggers } from './triggers.ts';

export interface TriggerRouteOptions {
  readonly triggers: Triggers;
  /** Service UPNs that the account may register, by webhook. */
  readonly services: Readonly<Record<Webhook, readonly string[]>>;
  readonly newId: () => string;
}

const pathByWebhook: Readonly<Record<Webhook, string>> = {
  task: '/v1/triggers/tasks',
  schedulerEntry: '/v1/triggers/scheduler-entries',
};

/**
 * Registration and removal of both webhooks.
 *
 * 201 has no body; the `Location` header is what Power Platform's webhook convention asks for and later deletes.
 * The published definition declares 400 for the task webhook only: a wrong body for the other answers 500.
 * A service that the account may not see answers 403 (an assumption: Nimbus filters services by the account's role).
 */
export function registerTriggerRoutes(scope: FastifyInstance, options: TriggerRouteOptions): void {
  registerRoutesOf('task', scope, options);
  registerRoutesOf('schedulerEntry', scope, options);
}

function registerRoutesOf(
  webhook: Webhook,
  scope: FastifyInstance,
  { triggers, services, newId }: TriggerRouteOptions,
): void {
  const path = pathByWebhook[webhook];

  scope.post(path, async (request, reply) => {
    if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) return reply.code(415).send();
    const { config, problems } = readTriggerRequest(webhook, parseJsonText(rawBodyOf(request)));
    if (problems !== undefined) return webhook === 'task' ? refuse(reply, problems) : reply.code(500).send();
    const visible = new Set(services[webhook].map((service) => service.toLowerCase()));
    if (!config.services.every((service) => visible.has(service.toLowerCase()))) return reply.code(403).send();

    const id = newId();
    triggers.add({ id, webhook, config });
    return reply.code(201).header('location', `${request.protocol}://${request.host}${path}/${id}`).send();
  });

  scope.delete<{ Params: { triggerId: string } }>(`${path}/:triggerId`, async (request, reply) =>
    reply.code(triggers.remove(webhook, request.params.triggerId) ? 204 : 404).send(),
  );
}

/** The body has no published schema; this is what ASP.NET sends for a model that does not validate. */
function refuse(reply: FastifyReply, errors: Problems): FastifyReply {
  return reply.code(400).send({ title: 'One or more validation errors occurred.', status: 400, errors });
}
