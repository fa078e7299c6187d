import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Account } from './account.ts';
import { readBody } from './read-body.ts';
import { invalidFields, notFound } from './refusal.ts';
import type { Scheduler, SchedulerEntry } from './scheduler.ts';
import { schedulerEntryPayload } from './scheduler-entry-payload.ts';
import { schedulerEntryRequestSchema } from './scheduler-entry-request.ts';

export interface SchedulerEntryRouteOptions {
  readonly scheduler: Scheduler;
  readonly account: Account;
  readonly now: () => number;
}

type EntryRequest = FastifyRequest<{ Params: { schedulerEntryId: string } }>;

/** Scheduler entries. Every success is 200. Update replaces (an assumption): the definition wants the whole entry. */
export function registerSchedulerEntryRoutes(
  scope: FastifyInstance,
  { scheduler, account, now }: SchedulerEntryRouteOptions,
): void {
  const path = '/v1/scheduler-entries';
  const entryOf = (request: EntryRequest): SchedulerEntry => {
    account.require('schedulerEntries');
    const entry = scheduler.find(request.params.schedulerEntryId);
    if (entry === undefined) throw notFound('scheduler entry');
    account.requireService('schedulerEntry', entry.request.serviceUpn);
    return entry;
  };

  scope.get<{ Querystring: { serviceUpn?: unknown } }>(path, async ({ query: { serviceUpn } }) => {
    account.require('schedulerEntries');
    if (typeof serviceUpn !== 'string' || serviceUpn === '') {
      throw invalidFields({ serviceUpn: ['The serviceUpn field is required, once.'] });
    }
    account.requireService('schedulerEntry', serviceUpn);
    return scheduler
      .all()
      .filter(({ request }) => request.serviceUpn.toLowerCase() === serviceUpn.toLowerCase())
      .map((entry) => schedulerEntryPayload(entry));
  });

  scope.post(path, async (request) => {
    account.require('schedulerEntries');
    const wanted = readBody(request, schedulerEntryRequestSchema);
    account.requireService('schedulerEntry', wanted.serviceUpn);
    return schedulerEntryPayload(scheduler.add(wanted, now()));
  });

  scope.put(`${path}/:schedulerEntryId`, async (request: EntryRequest) => {
    const entry = entryOf(request);
    const wanted = readBody(request, schedulerEntryRequestSchema);
    account.requireService('schedulerEntry', wanted.serviceUpn);
    scheduler.update(entry, wanted, now());
    return schedulerEntryPayload(entry);
  });

  scope.delete(`${path}/:schedulerEntryId`, async (request: EntryRequest, reply) => {
    scheduler.remove(entryOf(request));
    return reply.code(200).send();
  });
}
