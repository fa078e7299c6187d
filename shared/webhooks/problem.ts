/** One thing wrong with a request's body: where (JSON Pointer, RFC 6901) and what. Never carries the value itself. */
export interface BodyProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** An answer to an HTTP caller, free of any server's types. */
export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly BodyProblem[];
  readonly retryAfterSeconds?: number;
}

/** An RFC 9457 answer. The request's content is never part of it. */
export function problemAnswer({ retryAfterSeconds, ...problem }: Problem): WebhookAnswer {
  return {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: JSON.stringify({ type: 'about:blank', ...problem }),
  };
}

/** A JSON answer to a request that was taken or asked for something. */
export function jsonAnswer(status: number, body: Readonly<Record<string, unknown>>): WebhookAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
