import type { CreateEventRequest, EventTarget } from './create-event-request.ts';
import { withoutPlus } from './fields.ts';
import { appointmentOf, formatLocalTimestamp } from './local-time.ts';
import { acdUsers } from './master-data.ts';
import type { AcdGroup } from './seed.ts';

/** Chat closed, done and error: such an event takes no more duplicates. */
const closedStatusIds: readonly number[] = [98, 99, 100];

/** Numbers of the documented list; that events take this way through it is an assumption. */
const status = { enterSystem: 0, distribute: 1, new: 20, seen: 30, remind: 40, done: 99, error: 100 } as const;

/** What agents and the distribution do with an event. */
export type EventMove = 'distribute' | 'see' | 'remind' | 'finish' | 'fail';

export interface AcdEvent {
  readonly id: number;
  readonly request: CreateEventRequest;
  statusId: number;
  /** The agent who has the event, or shall get it. */
  usersId: number | null;
  /** What later duplicates left behind. */
  readonly comments: string[];
  /** Local timestamps without a zone. */
  readonly createdAt: string;
  modifiedAt: string;
  readonly appointment: string | null;
}

export interface AcdEventsOptions {
  readonly groups: readonly AcdGroup[];
  readonly clock: () => number;
  readonly newId: () => number;
  /** IANA zone of the installation. */
  readonly timeZone: string;
}

/** The events of the tenant, in the order of their creation. */
export class AcdEvents {
  #events: AcdEvent[] = [];
  readonly #options: AcdEventsOptions;

  constructor(options: AcdEventsOptions) {
    this.#options = options;
  }

  /**
   * Adds an event, or, where the group refuses duplicates, comments on the open one of the same type, target and
   * sender. What makes a duplicate is not documented; this is the narrowest reading.
   */
  create(request: CreateEventRequest): { event: AcdEvent; isUpdate: boolean } {
    const existing = this.#refusesDuplicates(request.target) ? this.#findOpen(request) : undefined;
    if (existing !== undefined) {
      existing.comments.push(request.subject);
      existing.modifiedAt = this.#now();
      return { event: existing, isUpdate: true };
    }
    const createdAt = this.#now();
    const event: AcdEvent = {
      id: this.#options.newId(),
      request,
      statusId: status.distribute,
      usersId: request.usersId,
      comments: [],
      createdAt,
      modifiedAt: createdAt,
      appointment: appointmentOf(request.appointmentDate, request.appointmentTime, createdAt),
    };
    this.#events.push(event);
    return { event, isUpdate: false };
  }

  all(): AcdEvent[] {
    return [...this.#events];
  }

  find(id: number): AcdEvent | undefined {
    return this.#events.find((event) => event.id === id);
  }

  setStatus(event: AcdEvent, statusId: number): void {
    event.statusId = statusId;
    event.modifiedAt = this.#now();
  }

  /**
   * Moves an event on. `usersId` names who gets it (default: whom it is for, else an agent of its group). Throws an
   * Error where its status does not allow the move, its appointment is yet to come, or nobody can get it.
   */
  move(event: AcdEvent, move: EventMove, usersId?: number): void {
    const [from, to] = moves[move];
    if (!from(event.statusId)) throw new Error(`Event ${event.id} has status ${event.statusId}: cannot ${move} it.`);
    if (move === 'distribute') {
      if (event.appointment !== null && this.#now() < event.appointment) {
        throw new Error(`Event ${event.id} has an appointment at ${event.appointment}.`);
      }
      event.usersId = usersId ?? event.usersId ?? agentOf(event.request.target);
    }
    this.setStatus(event, to);
  }

  clear(): void {
    this.#events = [];
  }

  #now(): string {
    return formatLocalTimestamp(this.#options.clock(), this.#options.timeZone);
  }

  #refusesDuplicates(target: EventTarget): boolean {
    const id = 'AcdGroupsID' in target ? target.AcdGroupsID : target.AcdConfigurationGroupsID;
    return this.#options.groups.some((group) => group.id === id && group.refusesDuplicates);
  }

  #findOpen({ typeId, target, sender }: CreateEventRequest): AcdEvent | undefined {
    return this.#events.find(
      ({ statusId, request }) =>
        isOpen(statusId) &&
        request.typeId === typeId &&
        sameTarget(request.target, target) &&
        normalized(request.sender) === normalized(sender),
    );
  }
}

function sameTarget(a: EventTarget, b: EventTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function normalized(sender: string): string {
  return withoutPlus(sender).toLowerCase();
}

function isOpen(statusId: number): boolean {
  return !closedStatusIds.includes(statusId);
}

function isOneOf(...statusIds: number[]): (statusId: number) => boolean {
  return (statusId) => statusIds.includes(statusId);
}

const moves: Readonly<Record<EventMove, readonly [from: (statusId: number) => boolean, to: number]>> = {
  distribute: [isOneOf(status.enterSystem, status.distribute), status.new],
  see: [isOneOf(status.new, status.remind), status.seen],
  remind: [isOneOf(status.new, status.seen), status.remind],
  finish: [isOpen, status.done],
  fail: [isOpen, status.error],
};

function agentOf(target: EventTarget): number {
  const groupId = 'AcdGroupsID' in target ? target.AcdGroupsID : target.AcdAgentGroupsID;
  const agent = acdUsers.find(({ groupIds }) => groupIds.includes(groupId));
  if (agent === undefined) throw new Error(`Group ${groupId} has no agent: name one.`);
  return agent.id;
}
