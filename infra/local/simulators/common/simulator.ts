import Fastify, { type FastifyInstance } from 'fastify';
import { applyPlannedAnswers } from './apply-planned-answers.ts';
import { registerInspectionRoutes } from './inspection-routes.ts';
import { type PlannedAnswer, PlannedAnswers, plannedAnswerSchema } from './planned-answers.ts';
import { type RecordedRequest, RequestLog } from './request-log.ts';

/** Room for what a test may want to send; a vendor's own limit is the vendor's to simulate. */
const bodyLimitBytes = 16 * 1024 * 1024;

/** Identifiers of callers can be far longer than the router's default allows. */
const maxParameterLength = 4_096;

/** What tells one vendor's simulator from another's. */
export interface Vendor<State> {
  /** As it appears in messages. */
  readonly name: string;
  /** What follows the origin in the address that a client is given; empty or starting with a slash. */
  readonly basePath: string;
  /** Adds the vendor's hooks, routes, not-found and error handlers. */
  readonly routes: (scope: FastifyInstance) => void;
  /** Adds routes below `/_simulator` that only this vendor has. */
  readonly controls?: (scope: FastifyInstance) => void;
  readonly state: () => State;
  /** Back to the seeded state. */
  readonly forget: () => void;
}

export interface SimulatorOptions {
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Milliseconds since the epoch (default: the system's clock). */
  readonly clock?: () => number;
}

/** A simulator that listens on loopback. */
export interface Simulator<State> {
  readonly port: number;
  /** Where `/_simulator` is found. */
  readonly origin: string;
  /** What a client's base URL setting takes. */
  readonly baseUrl: string;
  /** What arrived, oldest first. */
  requests(): RecordedRequest[];
  /** Forgets requests, planned answers and stored objects. */
  clear(): void;
  /** Plans what the next matching requests are answered. Throws on a plan that contradicts itself. */
  answerNext(...answers: PlannedAnswer[]): void;
  state(): State;
  /** Stops listening and drops every connection, unanswered ones included. */
  close(): Promise<void>;
}

/** Starts a vendor's simulator on 127.0.0.1. Throws when the port is taken, naming the vendor and the port. */
export async function startSimulator<State>(
  vendor: Vendor<State>,
  { port, clock = Date.now }: SimulatorOptions,
): Promise<Simulator<State>> {
  const requests = new RequestLog();
  const answers = new PlannedAnswers();
  const stop = new AbortController();
  const app = Fastify({
    bodyLimit: bodyLimitBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: maxParameterLength },
  });
  app.setErrorHandler((error, request, reply) => {
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    if (status >= 500) console.error(`The ${vendor.name} simulator failed at ${request.method} ${request.url}:`, error);
    return reply.code(status).send();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.register(async (scope) => {
    requests.recordRequests(scope, clock);
    applyPlannedAnswers(scope, answers, stop.signal);
    requests.recordAnswers(scope);
    vendor.routes(scope);
  });
  app.register(
    async (scope) => {
      vendor.controls?.(scope);
      registerInspectionRoutes(scope, { requests, answers, state: vendor.state, forget: vendor.forget });
    },
    { prefix: '/_simulator' },
  );
  const actualPort = await listen(app, vendor.name, port);
  const origin = `http://127.0.0.1:${actualPort}`;

  return {
    port: actualPort,
    origin,
    baseUrl: `${origin}${vendor.basePath}`,
    requests: () => requests.all(),
    clear: () => {
      requests.clear();
      answers.clear();
      vendor.forget();
    },
    answerNext: (...planned) => answers.add(planned.map((answer) => plannedAnswerSchema.parse(answer))),
    state: vendor.state,
    close: async () => {
      stop.abort();
      await app.close();
    },
  };
}

async function listen(app: FastifyInstance, name: string, port: number): Promise<number> {
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await app.close();
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    throw new Error(
      `The ${name} simulator cannot listen on 127.0.0.1:${port}: the port is in use. Stop what uses it, or choose another port.`,
      { cause: error },
    );
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error(`The ${name} simulator has no port.`);
  return address.port;
}
