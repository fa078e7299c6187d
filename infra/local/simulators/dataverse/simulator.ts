import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { hasBearerToken } from '../common/authorization.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { dataverseBearerToken } from '../credentials.ts';
import { ODataError, odataErrorBody } from './odata-error.ts';
import { type ColumnValue, Records } from './records.ts';
import { registerRoutes } from './routes.ts';
import { tables } from './tables.ts';

export interface DataverseSimulatorOptions extends SimulatorOptions {
  readonly token?: string;
  readonly newId?: () => string;
}

/** Every record's columns, by entity set. */
export type DataverseState = Readonly<Record<string, readonly Readonly<Record<string, ColumnValue>>[]>>;

/**
 * A stand-in of the Microsoft Dataverse Web API 9.2 for contacts, phone calls and tasks. Its `baseUrl` is the
 * environment's address, without `/api/data/v9.2`. Service protection limits are not simulated: plan an answer with
 * 429 to see one.
 */
export async function startDataverseSimulator(options: DataverseSimulatorOptions): Promise<Simulator<DataverseState>> {
  const { token = dataverseBearerToken, clock = Date.now, newId = randomUUID } = options;
  const records = new Records(clock, newId);
  return startSimulator<DataverseState>(
    {
      name: 'CRM',
      basePath: '',
      routes: (scope) => {
        answerErrors(scope);
        requireToken(scope, token);
        registerRoutes(scope, records);
      },
      state: () =>
        Object.fromEntries(
          tables.map((table) => [table.entitySet, records.all(table).map(({ values }) => ({ ...values }))]),
        ),
      forget: () => records.reset(),
    },
    options,
  );
}

/** The challenge names where a token can be had, with a tenant that does not exist. */
function requireToken(scope: FastifyInstance, token: string): void {
  const authority = 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/oauth2/authorize';
  scope.addHook('preHandler', async (request, reply) => {
    reply.header('odata-version', '4.0');
    if (hasBearerToken(request, token)) return;
    const resource = `${request.protocol}://${request.host}/`;
    reply.header('www-authenticate', `Bearer authorization_uri=${authority}, resource_id=${resource}`);
    reply.code(401).type('text/plain').send('HTTP Error 401 - Unauthorized: Access is denied');
    return reply;
  });
}

function answerErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ODataError)) throw error;
    reply.code(error.status).type('application/json; odata.metadata=minimal');
    return reply.send(odataErrorBody(error.code, error.message));
  });
}
