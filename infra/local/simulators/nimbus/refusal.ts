import { STATUS_CODES } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Behaviour } from '../common/behaviour.ts';
import type { NimbusBehaviour } from './behaviour.ts';

/** A field's path with what is wrong with it, in the way ASP.NET reports problems of a model. */
export type Problems = Readonly<Record<string, readonly string[]>>;

/** A call that Nimbus refuses. Its texts are invented: no error body is published. */
export class NimbusRefusal extends Error {
  override readonly name = 'NimbusRefusal';
  readonly status: number;
  readonly problems: Problems | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    details: { readonly problems?: Problems; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.problems = details.problems;
    this.headers = details.headers ?? {};
  }
}

/** The identifier matches nothing in the backend. */
export function notFound(what: string): NimbusRefusal {
  return new NimbusRefusal(404, `The ${what} was not found.`);
}

/** A body whose fields do not validate. */
export function invalidFields(problems: Problems): NimbusRefusal {
  return new NimbusRefusal(400, 'One or more validation errors occurred.', { problems });
}

/** Sends refusals of the scope's hooks and routes in the form that is set. */
export function answerRefusals(scope: FastifyInstance, behaviour: Behaviour<NimbusBehaviour>): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof NimbusRefusal)) throw error;
    return sendRefusal(reply, error, behaviour.current.errorBodies);
  });
}

function sendRefusal(reply: FastifyReply, refusal: NimbusRefusal, form: 'json' | 'text' | 'empty'): FastifyReply {
  const { status, message, problems, headers } = refusal;
  reply.code(status).headers(headers);
  if (form === 'empty') return reply.send();
  if (form === 'text') return reply.type('text/plain; charset=utf-8').send(message);
  if (problems !== undefined) return reply.send({ title: message, status, errors: problems });
  return reply.send({ title: STATUS_CODES[status] ?? 'Error', status, detail: message });
}
