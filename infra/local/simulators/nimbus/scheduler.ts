import { NimbusRefusal } from './refusal.ts';
import type { SchedulerEntryRequest } from './scheduler-entry-request.ts';
import type { NimbusTask, Tasks } from './tasks.ts';

export interface SchedulerEntry {
  readonly id: string;
  request: SchedulerEntryRequest;
  /** When it was written last: an entry whose time is already past is due then. */
  writtenAtMs: number;
  state: 'Scheduled' | 'InProgress' | 'Completed';
  /** The event that was raised last. */
  event: string;
  /** The outbound task that works on it. */
  taskId: string | null;
  unifiedConversationId: string | null;
  /** Luware's only published reason is "Limit Reached"; the others are invented. */
  completionReason: 'Successful' | 'LimitReached' | 'Cancelled' | null;
}

export interface SchedulerOptions {
  readonly tasks: Tasks;
  readonly newId: () => string;
  /** Told of every event when the entry already shows it. */
  readonly raise: (entry: SchedulerEntry, event: string) => void;
}

/**
 * Outbound calls that wait for their time and are then queued for the service's users: an agent is found first, then
 * the destination is dialled. One task works on an entry; an attempt that reaches nobody puts it back into the queue
 * until `maxAttempts` are used up. Times are milliseconds since the epoch.
 */
export class Scheduler {
  readonly #entries = new Map<string, SchedulerEntry>();
  readonly #tasks: Tasks;
  readonly #newId: () => string;
  readonly #raise: SchedulerOptions['raise'];

  constructor({ tasks, newId, raise }: SchedulerOptions) {
    this.#tasks = tasks;
    this.#newId = newId;
    this.#raise = raise;
  }

  add(request: SchedulerEntryRequest, atMs: number): SchedulerEntry {
    const entry: SchedulerEntry = {
      id: this.#newId(),
      request,
      writtenAtMs: atMs,
      state: 'Scheduled',
      event: 'Created',
      taskId: null,
      unifiedConversationId: null,
      completionReason: null,
    };
    this.#entries.set(entry.id, entry);
    this.#raise(entry, 'Created');
    return entry;
  }

  find(id: string): SchedulerEntry | undefined {
    return this.#entries.get(id);
  }

  all(): SchedulerEntry[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Throws a 400 refusal once the entry is in progress. */
  update(entry: SchedulerEntry, request: SchedulerEntryRequest, atMs: number): void {
    requireWaiting(entry, 'changed');
    entry.request = request;
    entry.writtenAtMs = atMs;
    this.#tell(entry, 'Updated');
  }

  /** Throws a 400 refusal once the entry is in progress. */
  remove(entry: SchedulerEntry): void {
    requireWaiting(entry, 'removed');
    this.#entries.delete(entry.id);
    this.#tell(entry, 'Deleted');
  }

  /** Does what time has brought until now, each at the moment when it was due and in that order. */
  settle(nowMs: number): void {
    for (let due = this.#nextDue(); due !== undefined && due.atMs <= nowMs; due = this.#nextDue()) due.act();
  }

  /** Follows a task that somebody has moved: an agent who accepts dials, and the end of the task ends the entry. */
  follow(task: NimbusTask, atMs: number): void {
    const entry = this.#entryOf(task);
    if (entry?.state !== 'InProgress') return;
    if (task.state === 'Terminated') {
      this.#complete(entry, task, entry.completionReason ?? 'Cancelled');
    } else if (task.state === 'Connected' && entry.completionReason === null) {
      this.#tasks.dial(task, atMs);
    }
  }

  /** The destination picks up. Throws when nobody dials. */
  answer(task: NimbusTask, atMs: number): void {
    const entry = this.#dialledEntryOf(task);
    this.#tasks.answer(task, atMs);
    entry.completionReason = 'Successful';
  }

  /** The attempt reaches nobody. Throws when nobody dials. */
  noAnswer(task: NimbusTask, atMs: number): void {
    const entry = this.#dialledEntryOf(task);
    if ((task.outboundAttempt ?? 0) >= entry.request.maxAttempts) {
      this.#giveUp(entry, task, atMs);
    } else {
      this.#tell(entry, 'AttemptFailed');
      this.#tasks.requeue(task, atMs);
    }
  }

  #nextDue(): { atMs: number; act: () => void } | undefined {
    return this.all()
      .flatMap((entry) => this.#dueOf(entry) ?? [])
      .reduce<{ atMs: number; act: () => void } | undefined>(
        (first, due) => (first === undefined || due.atMs < first.atMs ? due : first),
        undefined,
      );
  }

  #dueOf(entry: SchedulerEntry): { atMs: number; act: () => void } | undefined {
    const { request } = entry;
    if (entry.state === 'Scheduled') {
      const atMs = Math.max(Date.parse(request.dueDateTimeUtc), entry.writtenAtMs);
      return { atMs, act: () => this.#begin(entry, atMs) };
    }
    // Once the destination was reached, no limit ends the conversation.
    if (entry.completionReason !== null) return undefined;
    const task = this.#tasks.find(entry.taskId ?? '');
    if (task?.state === 'InQueue') {
      // A user who let it ring past the limit leaves a wait that is already over.
      const atMs = Math.max(task.queuedAtMs + request.maxQueueTimeInSeconds * 1_000, task.stateSinceMs);
      return { atMs, act: () => this.#giveUp(entry, task, atMs) };
    }
    if (task?.state === 'Ringing') {
      const atMs = task.stateSinceMs + request.ronaTimeoutInSeconds * 1_000;
      return { atMs, act: () => this.#tasks.rona(task, atMs) };
    }
    if (task?.state === 'Dialing') {
      const atMs = task.stateSinceMs + request.attemptTimeoutInSeconds * 1_000;
      return { atMs, act: () => this.noAnswer(task, atMs) };
    }
    return undefined;
  }

  #begin(entry: SchedulerEntry, atMs: number): void {
    const { ReferenceId, destination, serviceUpn, customer, customCallContextParameters } = entry.request;
    entry.state = 'InProgress';
    entry.unifiedConversationId = this.#newId();
    this.#tell(entry, 'InProgress');
    const task = this.#tasks.create(
      {
        serviceUpn,
        modality: 'Audio',
        direction: 'Outbound',
        callChainId: entry.unifiedConversationId,
        about: {
          ...(ReferenceId !== undefined && { referenceId: ReferenceId }),
          ...(destination.includes('@') ? { destinationUPN: destination } : { destinationTelNumber: destination }),
        },
        information: {
          ...(customer !== undefined && { customer }),
          ...(customCallContextParameters !== undefined && { customContextParameters: customCallContextParameters }),
        },
      },
      atMs,
    );
    entry.taskId = task.id;
    this.#tasks.queue(task, atMs);
  }

  #giveUp(entry: SchedulerEntry, task: NimbusTask, atMs: number): void {
    this.#tasks.terminate(task, atMs);
    this.#complete(entry, task, 'LimitReached');
  }

  /** What the conversation has found out goes with the entry. */
  #complete(
    entry: SchedulerEntry,
    { information }: NimbusTask,
    reason: Exclude<SchedulerEntry['completionReason'], null>,
  ): void {
    const { customer, customContextParameters } = information;
    entry.state = 'Completed';
    entry.completionReason = reason;
    entry.request = {
      ...entry.request,
      ...(customer !== undefined && { customer }),
      ...(customContextParameters !== undefined && { customCallContextParameters: customContextParameters }),
    };
    this.#tell(entry, 'Completed');
  }

  #tell(entry: SchedulerEntry, event: string): void {
    entry.event = event;
    this.#raise(entry, event);
  }

  #entryOf(task: NimbusTask): SchedulerEntry | undefined {
    return this.all().find(({ taskId }) => taskId === task.id);
  }

  #dialledEntryOf(task: NimbusTask): SchedulerEntry {
    const entry = this.#entryOf(task);
    if (entry === undefined || task.state !== 'Dialing') {
      throw new Error(`The task in state ${task.state} dials nobody. Only a task of a scheduler entry is dialled out.`);
    }
    return entry;
  }
}

function requireWaiting(entry: SchedulerEntry, what: string): void {
  if (entry.state === 'Scheduled') return;
  throw new NimbusRefusal(400, `The scheduler entry is in progress or completed and can no longer be ${what}.`);
}
