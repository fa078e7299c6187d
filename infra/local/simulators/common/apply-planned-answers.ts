import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOnlyDelayed, type PlannedAnswer, type PlannedAnswers } from './planned-answers.ts';
import { pathOf } from './request-log.ts';

/**
 * Lets planned answers take the place of the scope's own: before its routes run, or after them when their effect is
 * wanted.
 *
 * `stopped` ends the waiting of delayed answers when the simulator closes.
 */
export function applyPlannedAnswers(scope: FastifyInstance, answers: PlannedAnswers, stopped: AbortSignal): void {
  const afterRoute = new WeakMap<FastifyRequest, PlannedAnswer>();

  scope.addHook('preHandler', async (request, reply) => {
    const answer = answers.takeFor(request.method, pathOf(request));
    if (answer === undefined) return;
    if (answer.afterEffect === true) {
      afterRoute.set(request, answer);
      return;
    }
    await delay(answer, request, stopped);
    if (isOnlyDelayed(answer)) return;
    if (await loseConnection(answer, request)) {
      reply.hijack();
      return;
    }
    reply.send(replaceAnswer(answer, reply));
    return reply;
  });

  scope.addHook('onSend', async (request, reply, payload) => {
    const answer = afterRoute.get(request);
    if (answer === undefined) return payload;
    await delay(answer, request, stopped);
    if (isOnlyDelayed(answer) || (await loseConnection(answer, request))) return payload;
    for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
    return replaceAnswer(answer, reply);
  });
}

async function delay({ delayMs }: PlannedAnswer, request: FastifyRequest, stopped: AbortSignal): Promise<void> {
  if (delayMs === undefined) return;
  try {
    await wait(delayMs, undefined, { signal: stopped, ref: false });
  } catch {
    // The simulator is closing: an answer before its time would be a wrong one.
    request.raw.socket.destroy();
  }
}

/**
 * True once the connection is gone: at once for a reset, and when either side gives up for an answer that never comes.
 */
async function loseConnection(answer: PlannedAnswer, request: FastifyRequest): Promise<boolean> {
  const { socket } = request.raw;
  if (answer.reset === true) {
    socket.resetAndDestroy();
    return true;
  }
  if (answer.hang !== true) return false;
  if (!socket.destroyed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return true;
}

function replaceAnswer(answer: PlannedAnswer, reply: FastifyReply): string {
  const { body } = answer;
  if (body !== undefined) reply.header('content-type', typeof body === 'string' ? 'text/plain' : 'application/json');
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value);
  reply.code(answer.status ?? 500);
  return body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
}
