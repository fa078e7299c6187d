import type { FastifyInstance, FastifyReply } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { type PlannedAnswers, plannedAnswerSchema } from './planned-answers.ts';
import { parseJsonText, rawBodyOf } from './request-body.ts';
import type { RequestLog } from './request-log.ts';

/** What the inspection routes look at and change. */
export interface Inspected {
  readonly requests: RequestLog;
  readonly answers: PlannedAnswers;
  readonly state: () => unknown;
  readonly forget: () => void;
}

const plannedAnswersSchema = z.union([plannedAnswerSchema, z.array(plannedAnswerSchema)]);

/** `/requests`, `/answers` and `/state`: without a vendor's credentials, and not recorded themselves. */
export function registerInspectionRoutes(scope: FastifyInstance, inspected: Inspected): void {
  scope.get('/requests', async () => inspected.requests.all());
  scope.delete('/requests', async (_request, reply) => {
    inspected.requests.clear();
    return reply.code(204).send();
  });

  scope.post('/answers', async (request, reply) => {
    const parsed = plannedAnswersSchema.safeParse(parseJsonText(rawBodyOf(request)));
    if (!parsed.success) return refuseControl(reply, z.prettifyError(parsed.error));
    const added = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
    inspected.answers.add(added);
    return reply.code(201).send({ added: added.length });
  });
  scope.delete('/answers', async (_request, reply) => {
    inspected.answers.clear();
    return reply.code(204).send();
  });

  scope.get('/state', async () => inspected.state());
  scope.delete('/state', async (_request, reply) => {
    inspected.forget();
    return reply.code(204).send();
  });

  scope.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({ error: `The simulator has no control ${request.method} ${request.url}.` }),
  );
}

/** 400 of an inspection route; it addresses the person who wrote the call and imitates no vendor. */
export function refuseControl(reply: FastifyReply, problem: string): FastifyReply {
  return reply.code(400).send({ error: problem });
}
