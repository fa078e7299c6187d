import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asJsonObject, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import type { Behaviour } from './behaviour.ts';
import type { Directory, EnreachQueue, EnreachUser } from './directory.ts';
import type { Tokens } from './tokens.ts';

export interface RestRouteOptions {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly behaviour: Behaviour;
  /** Where the hub is, from the root. */
  readonly hubPath: string;
}

type ById = { Params: { id: string } };

/**
 * Discovery and the calls of EnreachAPI that lead to the hub. Discovery answers in camelCase, EnreachAPI in
 * PascalCase. A user may only have a token of his own (assumed); 401 has no body (assumed).
 */
export function registerRestRoutes(
  scope: FastifyInstance,
  { directory, tokens, behaviour, hubPath }: RestRouteOptions,
): void {
  const discover = (username: unknown, request: FastifyRequest) =>
    directory.users.filter((user) => sameName(user.username, username)).map((user) => silo(user, request));

  scope.get('/api/user', async (request) => {
    const query = asJsonObject(request.query);
    return discover(query?.get('user'), request);
  });
  scope.post('/api/user', async (request) => {
    const body = asJsonObject(parseJsonText(rawBodyOf(request)));
    return discover(body?.get('user'), request);
  });

  both('/authuser/:id', (path) =>
    scope.post<ById>(path, async (request, reply) => {
      const body = asJsonObject(parseJsonText(rawBodyOf(request)));
      const user = directory.users.find(
        ({ username, password }) => sameName(username, request.params.id) && password === body?.get('Password'),
      );
      return user === undefined ? reply.code(401).send() : { UserID: user.id, SecretKey: user.secretKey };
    }),
  );

  both('/users/me', (path) =>
    scope.get(path, async (request, reply) => {
      const caller = callerOf(request, directory);
      if (caller === undefined) return reply.code(401).send();
      return { Id: caller.id, OrganizationID: directory.organizationId, UserName: caller.username };
    }),
  );

  both('/queues', (path) =>
    scope.get(path, async (request, reply) =>
      callerOf(request, directory) === undefined ? reply.code(401).send() : directory.queues.map(queueWithStatus),
    ),
  );

  both('/token/:id/rte', (path) =>
    scope.get<ById>(path, async (request, reply) => {
      const caller = callerOf(request, directory);
      if (caller?.id !== request.params.id.toLowerCase()) return reply.code(401).send();
      const token = await tokens.issue(caller.id, behaviour.current.tokenLifetimeMs);
      return { Token: token, WSSEndpoint: `${request.host}${hubPath}` };
    }),
  );
}

/** EnreachAPI's addresses end in a slash in some clients and not in others. */
function both(path: string, register: (path: string) => void): void {
  register(path);
  register(`${path}/`);
}

function callerOf(request: FastifyRequest, { users }: Directory): EnreachUser | undefined {
  const [scheme, value] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const presented = Buffer.from(value ?? '', 'base64').toString();
  return users.find(({ username, secretKey }) => presented === `${username}:${secretKey}`);
}

function sameName(username: string, wanted: unknown): boolean {
  return typeof wanted === 'string' && username.toLowerCase() === wanted.toLowerCase();
}

function silo({ username }: EnreachUser, request: FastifyRequest): Readonly<Record<string, unknown>> {
  const origin = `${request.protocol}://${request.host}`;
  return {
    siloName: 'Silo01',
    username,
    apiEndpoint: `${origin}/`,
    uiEndpoint: origin,
    authority: null,
    authorityIdPHint: null,
    basicAuthEndpoint: `${origin}/`,
  };
}

/** The counters have other names here than in the event `QueueStatus`. */
function queueWithStatus({ id, name, number }: EnreachQueue): Readonly<Record<string, unknown>> {
  return {
    Id: id,
    Name: name,
    TypeId: 4,
    Numbers: [number],
    Status: {
      OpenStatus: 5,
      MaxWaitTime: 12,
      QueueLength: 1,
      OngoingCalls: 2,
      AgentsOnWrapUp: 0,
      FreeAgents: 1,
      ServingAgents: 3,
    },
  };
}
