import type { CreateEventRequest, EventTarget } from './create-event-request.ts';
import { appointmentOf, formatLocalTimestamp } from './local-time.ts';
import type { AcdGroup } from './seed.ts';

/** Chat closed, done and error: such an event takes no more duplicates. */
const closedStatusIds: readonly number[] = [98, 99, 100];

const statusAfterCreation = 1;

export interface AcdEvent {
  readonly id: number;
  readonly request: CreateEventRequest;
  statusId: number;
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
      statusId: statusAfterCreation,
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
        !closedStatusIds.includes(statusId) &&
        request.typeId === typeId &&
        sameTarget(request.target, target) &&
        withoutPlus(request.sender) === withoutPlus(sender),
    );
  }
}

function sameTarget(a: EventTarget, b: EventTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function withoutPlus(sender: string): string {
  return sender.replace(/^\+/, '').toLowerCase();
}
