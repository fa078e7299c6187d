import type { CreateTaskRequest } from './create-task-request.ts';
import { LucsRefusal } from './refusal.ts';
import type { LucsAgent, LucsService } from './seed.ts';

/**
 * `InQueue`, `Pending` and `Terminated` are on record; the two states between are called so here because nobody says
 * how.
 */
export type LucsTaskState = 'InQueue' | 'Pending' | 'Distributed' | 'Established' | 'Terminated';

export interface LucsTask {
  readonly id: string;
  readonly request: CreateTaskRequest;
  readonly service: LucsService;
  readonly createdAtMs: number;
  readonly initialQueuePosition: number;
  state: LucsTaskState;
  /** Kept after the end: LUCS tells who handled a terminated task. */
  agent: LucsAgent | null;
  sessionAgentToken: string;
  /** When the present offer was made. */
  offeredAtMs: number;
  terminatedAtMs: number | null;
}

/** Where the documentation leaves two readings open. */
export interface TaskRules {
  /** Whether an offered task may be set established from outside (default: refuse). */
  readonly setEstablishedOnDistributed: 'allow' | 'refuse';
  /** Whether a task that nobody established may be terminated (default: allow). */
  readonly terminateUnestablished: 'allow' | 'refuse';
  /** How long a terminated task can still be read. */
  readonly retentionMs: number;
}

/** The id of a reserved agent's session while there is none. */
export const noSession = '00000000-0000-0000-0000-000000000000';

/** External tasks and the transitions that LUCS allows. The clock gives milliseconds since the epoch. */
export class LucsTasks {
  #tasks: LucsTask[] = [];
  readonly #rules: TaskRules;
  readonly #clock: () => number;
  readonly #newId: () => string;

  constructor(rules: TaskRules, clock: () => number, newId: () => string) {
    this.#rules = rules;
    this.#clock = clock;
    this.#newId = newId;
  }

  /** Repeating an `ExternalTaskId` makes a second task: nothing says that LUCS refuses it. */
  create(request: CreateTaskRequest, service: LucsService): LucsTask {
    const task: LucsTask = {
      id: this.#newId(),
      request,
      service,
      createdAtMs: this.#clock(),
      initialQueuePosition: this.ofService(service.Id).filter(isWaiting).length + 1,
      state: 'InQueue',
      agent: null,
      sessionAgentToken: noSession,
      offeredAtMs: 0,
      terminatedAtMs: null,
    };
    this.#tasks.push(task);
    return task;
  }

  all(): LucsTask[] {
    this.#settle();
    return [...this.#tasks];
  }

  ofService(serviceId: string): LucsTask[] {
    return this.all().filter((task) => task.service.Id === serviceId);
  }

  /** By the task's own id, or the newest with this `ExternalTaskId`. */
  find(identifier: string): LucsTask | undefined {
    const tasks = this.all();
    return (
      tasks.find(({ id }) => id === identifier.toLowerCase()) ??
      tasks.findLast(({ request }) => request.externalTaskId === identifier)
    );
  }

  clear(): void {
    this.#tasks = [];
  }

  /** LUCS offers the task to an agent. Throws when it is not waiting, or was created with `DistributeToAgent` false. */
  distribute(task: LucsTask, agent: LucsAgent): void {
    if (!isWaiting(task) || !task.request.distributeToAgent) throw notAllowed(task, 'distributed');
    task.state = 'Distributed';
    task.agent = agent;
    task.sessionAgentToken = this.#newId();
    task.offeredAtMs = this.#clock();
  }

  /** The agent takes the offer. */
  confirm(task: LucsTask): void {
    if (task.state !== 'Distributed') throw notAllowed(task, 'confirmed');
    task.state = 'Established';
  }

  /**
   * Takes the task from the agent. With `SetAgentOnRona` it is refused while assigned: that status may not be set from
   * outside.
   */
  refresh(task: LucsTask, setAgentOnRona: boolean): void {
    if (task.state === 'Established' || task.state === 'Terminated') throw notAllowed(task, 'refreshed');
    if (task.state === 'Distributed' && setAgentOnRona) {
      throw new LucsRefusal('InvalidState', 'The RONA status of the agent cannot be set remotely.');
    }
    returnToQueue(task);
  }

  setEstablished(task: LucsTask): void {
    const allowed = task.state === 'Distributed' && this.#rules.setEstablishedOnDistributed === 'allow';
    if (!isWaiting(task) && !allowed) throw notAllowed(task, 'set established');
    task.state = 'Established';
  }

  /** Throws a 404 refusal for a task that is already over. */
  terminate(task: LucsTask): void {
    if (task.state === 'Terminated') throw new LucsRefusal('NotFound', 'The task was not found.', 404);
    if (task.state !== 'Established' && this.#rules.terminateUnestablished === 'refuse') {
      throw notAllowed(task, 'terminated');
    }
    task.state = 'Terminated';
    task.terminatedAtMs = this.#clock();
  }

  /** Does what time has brought: offers that ran out go back to the queue, old tasks are forgotten. */
  #settle(): void {
    const now = this.#clock();
    for (const task of this.#tasks) {
      const timeout = task.request.ronaTimeoutInSeconds;
      if (task.state === 'Distributed' && timeout !== null && now - task.offeredAtMs >= timeout * 1_000) {
        returnToQueue(task);
      }
    }
    this.#tasks = this.#tasks.filter(
      ({ terminatedAtMs }) => terminatedAtMs === null || now - terminatedAtMs < this.#rules.retentionMs,
    );
  }
}

function isWaiting(task: LucsTask): boolean {
  return task.state === 'InQueue' || task.state === 'Pending';
}

function returnToQueue(task: LucsTask): void {
  task.state = 'Pending';
  task.agent = null;
  task.sessionAgentToken = noSession;
}

function notAllowed(task: LucsTask, what: string): LucsRefusal {
  return new LucsRefusal('InvalidState', `A task in state ${task.state} cannot be ${what}.`);
}
