import type { FastifyInstance } from 'fastify';
import { hasBearerToken } from '../common/authorization.ts';
import { refuseControl } from '../common/inspection-routes.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { acdClientsId, acdToken } from '../credentials.ts';
import { AcdRefusal, errorEnvelope, shuffleKeys } from './envelopes.ts';
import { registerEventRoutes } from './event-routes.ts';
import { type AcdEvent, AcdEvents } from './events.ts';
import { registerGroupRoutes } from './group-routes.ts';
import { type AcdGroup, acdEventStatus, acdGroups } from './seed.ts';

const firstEventId = 90_240;

export interface AcdSimulatorOptions extends SimulatorOptions {
  readonly token?: string;
  readonly clientsId?: number;
  /** A release that knows no group pairs, priorities and appointments (default false). */
  readonly oldApi?: boolean;
  readonly groups?: readonly AcdGroup[];
  /** IANA zone of the installation (default Europe/Berlin). */
  readonly timeZone?: string;
  /** Ids of new events (default: counting up). */
  readonly newId?: () => number;
  /** Gives [0, 1); decides the order of keys in answers. */
  readonly random?: () => number;
}

export interface AcdState {
  readonly events: readonly AcdEvent[];
}

export interface AcdSimulator extends Simulator<AcdState> {
  /** Moves an event on, as agents and the distribution would. Throws when either does not exist. */
  setEventStatus(eventId: number, statusId: number): void;
}

/**
 * A stand-in of the jtel ACD's REST API for events and groups, with `POST /_simulator/events/{id}/status/{statusId}`
 * beside it.
 */
export async function startAcdSimulator(options: AcdSimulatorOptions): Promise<AcdSimulator> {
  const { clientsId = acdClientsId, groups = acdGroups, oldApi = false, random = Math.random } = options;
  const { clock = Date.now, timeZone = 'Europe/Berlin', newId = countFrom(firstEventId) } = options;
  const events = new AcdEvents({ groups, clock, newId, timeZone });

  const setEventStatus = (eventId: number, statusId: number): void => {
    const event = events.find(eventId);
    if (event === undefined) throw new Error(`The ACD has no event ${eventId}.`);
    if (!acdEventStatus.some(({ ID }) => ID === statusId)) throw new Error(`The ACD has no event status ${statusId}.`);
    events.setStatus(event, statusId);
  };

  const simulator = await startSimulator<AcdState>(
    {
      name: 'ACD',
      basePath: `/rest/v1.0/${clientsId}`,
      routes: (scope) => {
        scope.addHook('preSerialization', async (_request, _reply, payload) => shuffleKeys(payload, random));
        answerRefusals(scope);
        scope.register(
          async (tenant) => {
            requireToken(tenant, options.token ?? acdToken, clientsId);
            registerEventRoutes(tenant, { events, groups, oldApi });
            registerGroupRoutes(tenant, groups);
          },
          { prefix: '/rest/v1.0/:clientsId' },
        );
      },
      controls: (scope) => {
        scope.post<{ Params: { id: string; statusId: string } }>(
          '/events/:id/status/:statusId',
          async (request, reply) => {
            try {
              setEventStatus(Number(request.params.id), Number(request.params.statusId));
              return reply.code(204).send();
            } catch (error) {
              return refuseControl(reply, error instanceof Error ? error.message : String(error));
            }
          },
        );
      },
      state: () => ({ events: events.all().map((event) => ({ ...event, comments: [...event.comments] })) }),
      forget: () => events.clear(),
    },
    options,
  );
  return { ...simulator, setEventStatus };
}

/** A bad token, a wrong client account and a token of another account look the same. */
function requireToken(scope: FastifyInstance, token: string, clientsId: number): void {
  scope.addHook<{ Params: { clientsId?: string } }>('preHandler', async (request) => {
    if (hasBearerToken(request, token) && request.params.clientsId === String(clientsId)) return;
    throw new AcdRefusal(401, 'Unauthorized');
  });
}

/** A route that does not exist answers 404 without a body, an object that does not exist 404 with one. */
function answerRefusals(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AcdRefusal)) throw error;
    return reply.code(error.status).send(errorEnvelope(error.status, error.message));
  });
  scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send());
}

function countFrom(first: number): () => number {
  let next = first;
  return () => next++;
}
