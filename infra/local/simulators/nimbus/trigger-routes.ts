import type { FastifyInstance } from 'fastify';
import { parseJsonText, rawBodyOf } from '../common/request-body.ts';
import type { Account, OperationGroup } from './account.ts';
import { requireJson } from './read-body.ts';
import { invalidFields, notFound } from './refusal.ts';
import { readTriggerRequest, type Webhook } from './trigger-request.ts';
import type { Triggers } from './triggers.ts';

export interface TriggerRouteOptions {
  readonly triggers: Triggers;
  readonly account: Account;
  readonly newId: () => string;
}

const pathByWebhook: Readonly<Record<Webhook, string>> = {
  task: '/v1/triggers/tasks',
  schedulerEntry: '/v1/triggers/scheduler-entries',
};

const groupByWebhook: Readonly<Record<Webhook, OperationGroup>> = {
  task: 'tasks',
  schedulerEntry: 'schedulerEntries',
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
  { triggers, account, newId }: TriggerRouteOptions,
): void {
  const path = pathByWebhook[webhook];

  scope.post(path, async (request, reply) => {
    account.require(groupByWebhook[webhook]);
    requireJson(request);
    const { config, problems } = readTriggerRequest(webhook, parseJsonText(rawBodyOf(request)));
    if (problems !== undefined) {
      if (webhook === 'task') throw invalidFields(problems);
      return reply.code(500).send();
    }
    for (const service of config.services) account.requireService(webhook, service);

    const id = newId();
    triggers.add({ id, webhook, config });
    return reply.code(201).header('location', `${request.protocol}://${request.host}${path}/${id}`).send();
  });

  scope.delete<{ Params: { triggerId: string } }>(`${path}/:triggerId`, async (request, reply) => {
    account.require(groupByWebhook[webhook]);
    if (!triggers.remove(webhook, request.params.triggerId)) throw notFound('trigger');
    return reply.code(204).send();
  });
}
