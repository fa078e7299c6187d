import { Behaviour } from '../common/behaviour.ts';
import { SimulatedTime } from '../common/simulated-time.ts';
import { type AcdBehaviour, acdBehaviourSchema, defaultAcdBehaviour } from './behaviour.ts';
import { type LiveCall, LiveCalls } from './calls.ts';
import { Campaigns } from './campaigns.ts';
import { type CockpitVariable, CockpitVariables } from './cockpit-variables.ts';
import { type Contact, Contacts } from './contacts.ts';
import type { Campaign } from './dialler-seed.ts';
import { type AcdEvent, AcdEvents, type EventMove } from './events.ts';
import { acdUsers } from './master-data.ts';
import { OutboundRequests, type OutboundResult } from './outbound-requests.ts';
import { type AcdGroup, acdEventStatus } from './seed.ts';

export interface AcdState {
  readonly events: readonly AcdEvent[];
  readonly campaigns: readonly Campaign[];
  readonly contacts: readonly Contact[];
  readonly cockpitVariables: readonly CockpitVariable[];
  readonly calls: readonly LiveCall[];
  /** What was posted to the outside. */
  readonly outbound: readonly OutboundResult[];
  readonly behaviour: AcdBehaviour;
}

export interface AcdSystemOptions {
  readonly behaviour: Partial<AcdBehaviour>;
  readonly groups: readonly AcdGroup[];
  readonly clientsId: number;
  readonly token: string;
  readonly clock: () => number;
  readonly newId: () => number;
  readonly random: () => number;
  readonly timeZone: string;
}

/** One client account of a jtel system, with everything that its API shows. */
export class AcdSystem {
  readonly groups: readonly AcdGroup[];
  readonly clientsId: number;
  readonly timeZone: string;
  readonly behaviour: Behaviour<AcdBehaviour>;
  readonly time: SimulatedTime;
  readonly events: AcdEvents;
  readonly campaigns = new Campaigns();
  readonly contacts: Contacts;
  readonly cockpitVariables = new CockpitVariables();
  readonly calls = new LiveCalls();
  readonly outbound: OutboundRequests;
  readonly #initialToken: string;
  #token: string;
  #tokensMade = 0;

  constructor({ behaviour, groups, clientsId, token, clock, newId, random, timeZone }: AcdSystemOptions) {
    this.groups = groups;
    this.clientsId = clientsId;
    this.timeZone = timeZone;
    this.#initialToken = token;
    this.#token = token;
    this.behaviour = new Behaviour(acdBehaviourSchema, { ...defaultAcdBehaviour, ...behaviour });
    this.time = new SimulatedTime(clock);
    const now = this.time.now;
    this.events = new AcdEvents({ groups, clock: now, newId, timeZone });
    this.contacts = new Contacts(random);
    this.outbound = new OutboundRequests({
      events: this.events,
      groups,
      now,
      timeZone,
      receiver: (kind) => {
        const { callbackUrl, voicemailUrl, callbackHeaders } = this.behaviour.current;
        return { url: (kind === 'voicemail' ? voicemailUrl : null) ?? callbackUrl, headers: callbackHeaders };
      },
    });
  }

  get token(): string {
    return this.#token;
  }

  /** A new token in place of the old one, which is worth nothing from now on. */
  regenerateToken(): string {
    this.#tokensMade += 1;
    this.#token = `${this.#initialToken}-${this.#tokensMade}`;
    return this.#token;
  }

  /** Throws an Error for an event or a status that does not exist. */
  setEventStatus(eventId: number, statusId: number): void {
    const event = this.#event(eventId);
    if (!acdEventStatus.some(({ ID }) => ID === statusId)) throw new Error(`The ACD has no event status ${statusId}.`);
    this.events.setStatus(event, statusId);
  }

  /** Throws an Error for an event or a user that does not exist, and for a move that is not possible. */
  moveEvent(eventId: number, move: EventMove, usersId?: number): void {
    const event = this.#event(eventId);
    if (usersId !== undefined && !acdUsers.some(({ id }) => id === usersId)) {
      throw new Error(`The ACD has no user ${usersId}.`);
    }
    this.events.move(event, move, usersId);
  }

  /** The dialler called a contact, with a result of its campaign. Throws an Error for one that does not exist. */
  finishContact(contactId: number, exportKey: string): void {
    const contact = this.contacts.get(contactId);
    const { resultCodes } = this.campaigns.get(contact.campaignId);
    const result = resultCodes.find((code) => code.exportKey === exportKey);
    if (result === undefined) throw new Error(`The campaign has no result code ${exportKey}.`);
    this.contacts.finishCall(contact, result, this.time.now());
  }

  state(): AcdState {
    return structuredClone({
      events: this.events.all(),
      campaigns: this.campaigns.all(),
      contacts: this.contacts.all(),
      cockpitVariables: this.cockpitVariables.all(),
      calls: this.calls.all(),
      outbound: this.outbound.results(),
      behaviour: this.behaviour.current,
    });
  }

  /** Back to the seeded state. */
  clear(): void {
    this.events.clear();
    this.campaigns.reset();
    this.contacts.clear();
    this.cockpitVariables.reset();
    this.calls.clear();
    this.outbound.clear();
    this.behaviour.reset();
    this.time.reset();
    this.#token = this.#initialToken;
  }

  #event(id: number): AcdEvent {
    const event = this.events.find(id);
    if (event === undefined) throw new Error(`The ACD has no event ${id}.`);
    return event;
  }
}
