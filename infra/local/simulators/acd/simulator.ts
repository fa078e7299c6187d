import type { FastifyInstance } from 'fastify';
import { hasBearerToken } from '../common/authorization.ts';
import { seededRandom } from '../common/seeded-random.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../common/simulator.ts';
import { acdClientsId, acdToken } from '../credentials.ts';
import { type AcdState, AcdSystem } from './acd-system.ts';
import type { AcdBehaviour } from './behaviour.ts';
import { registerCallRoutes } from './call-routes.ts';
import type { LiveCall, StartCall } from './calls.ts';
import { registerCampaignRoutes } from './campaign-routes.ts';
import { registerCockpitVariableRoutes } from './cockpit-variable-routes.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerControlRoutes } from './control-routes.ts';
import { AcdRefusal, errorEnvelope, shuffleKeys } from './envelopes.ts';
import { registerEventRoutes } from './event-routes.ts';
import type { EventMove } from './events.ts';
import { registerGroupRoutes } from './group-routes.ts';
import { registerMasterDataRoutes } from './master-data-routes.ts';
import type { OutboundResult, RaiseOutbound } from './outbound-requests.ts';
import { type AcdGroup, acdGroups } from './seed.ts';

const firstEventId = 90_240;

/** What the installation is like, and its behaviour where the real one is not known. */
export interface AcdSimulatorOptions extends SimulatorOptions, Partial<AcdBehaviour> {
  readonly token?: string;
  readonly clientsId?: number;
  readonly groups?: readonly AcdGroup[];
  /** IANA zone of the installation (default Europe/Berlin). */
  readonly timeZone?: string;
  /** Ids of new events (default: counting up). */
  readonly newId?: () => number;
  /** Gives [0, 1); decides the order of keys in answers and what jtel leaves to chance (default: the same every time). */
  readonly random?: () => number;
}

export interface AcdSimulator extends Simulator<AcdState> {
  /** Gives an event any status. Throws when either does not exist. */
  setEventStatus(eventId: number, statusId: number): void;
  /** An agent gets a waiting event (default: whom it is for, else an agent of its group). */
  distributeEvent(eventId: number, usersId?: number): void;
  /** The event is done. */
  finishEvent(eventId: number): void;
  /** Every move of an event. Throws where its status does not allow it. */
  moveEvent(eventId: number, move: EventMove, usersId?: number): void;
  /** The dialler called a contact, with a result of its campaign. */
  finishContact(contactId: number, exportKey: string): void;
  /** A call comes in. */
  startCall(call?: StartCall): LiveCall;
  /** A caller asks for a callback: the ACD stores it and posts it to `callbackUrl`. Throws without one. */
  raiseCallback(request: RaiseOutbound): Promise<OutboundResult>;
  /** The same for a voice mail. */
  raiseVoicemail(request: RaiseOutbound): Promise<OutboundResult>;
  /** Gives a new token; the old one is refused from now on. */
  regenerateToken(): string;
  /** Puts the clock forward. */
  advance(ms: number): void;
  /** Changes settings until `clear`. Throws on one that is unknown or wrong. */
  behave(changes: Partial<AcdBehaviour>): void;
}

/**
 * A stand-in of the jtel ACD's REST API. Nobody acts by himself here: the methods above, or the controls of the same
 * effect below `/_simulator`, do it for agents, callers and the dialler.
 */
export async function startAcdSimulator(options: AcdSimulatorOptions): Promise<AcdSimulator> {
  const { port, clock = Date.now, token = acdToken, clientsId = acdClientsId, groups = acdGroups, ...rest } = options;
  const { timeZone = 'Europe/Berlin', newId = countFrom(firstEventId), random = seededRandom(1), ...behaviour } = rest;
  const acd = new AcdSystem({ behaviour, groups, clientsId, token, clock, newId, random, timeZone });

  const simulator = await startSimulator<AcdState>(
    {
      name: 'ACD',
      basePath: `/rest/v1.0/${clientsId}`,
      routes: (scope) => {
        scope.addHook('preSerialization', async (_request, _reply, payload) => shuffleKeys(payload, random));
        answerRefusals(scope);
        scope.register(
          async (tenant) => {
            requireToken(tenant, acd);
            registerEventRoutes(tenant, acd);
            registerGroupRoutes(tenant, { groups, behaviour: () => acd.behaviour.current });
            registerCampaignRoutes(tenant, acd);
            registerContactRoutes(tenant, acd);
            registerMasterDataRoutes(tenant, acd);
            registerCockpitVariableRoutes(tenant, acd);
            registerCallRoutes(tenant, acd.calls);
          },
          { prefix: '/rest/v1.0/:clientsId' },
        );
      },
      controls: (scope) => registerControlRoutes(scope, acd),
      state: () => acd.state(),
      forget: () => acd.clear(),
    },
    { port, clock: acd.time.now },
  );
  return {
    ...simulator,
    setEventStatus: (eventId, statusId) => acd.setEventStatus(eventId, statusId),
    distributeEvent: (eventId, usersId) => acd.moveEvent(eventId, 'distribute', usersId),
    finishEvent: (eventId) => acd.moveEvent(eventId, 'finish'),
    moveEvent: (eventId, move, usersId) => acd.moveEvent(eventId, move, usersId),
    finishContact: (contactId, exportKey) => acd.finishContact(contactId, exportKey),
    startCall: (call = {}) => ({ ...acd.calls.start(call, acd.time.now()) }),
    raiseCallback: (request) => acd.outbound.raise('callback', request),
    raiseVoicemail: (request) => acd.outbound.raise('voicemail', request),
    regenerateToken: () => acd.regenerateToken(),
    advance: (ms) => acd.time.advance(ms),
    behave: (changes) => void acd.behaviour.change(changes),
    close: async () => {
      await simulator.close();
      acd.outbound.clear();
    },
  };
}

/** A bad token, a wrong client account and a token of another account look the same. */
function requireToken(scope: FastifyInstance, acd: AcdSystem): void {
  scope.addHook<{ Params: { clientsId?: string } }>('preHandler', async (request) => {
    if (hasBearerToken(request, acd.token) && request.params.clientsId === String(acd.clientsId)) return;
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
