import type { LucsBehaviour } from './behaviour.ts';
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
  /** SIP addresses of the agents to whom the task was offered so far. */
  readonly offeredTo: string[];
  terminatedAtMs: number | null;
}

/** The id of a reserved agent's session while there is none. */
export const noSession = '00000000-0000-0000-0000-000000000000';

/** External tasks and the transitions that LUCS allows. Times are milliseconds since the epoch. */
export class LucsTasks {
  #tasks: LucsTask[] = [];
  readonly #behaviour: () => LucsBehaviour;
  readonly #newId: () => string;

  constructor(behaviour: () => LucsBehaviour, newId: () => string) {
    this.#behaviour = behaviour;
    this.#newId = newId;
  }

  /** Repeating an `ExternalTaskId` makes a second task: nothing says that LUCS refuses it. */
  create(request: CreateTaskRequest, service: LucsService, atMs: number): LucsTask {
    const task: LucsTask = {
      id: this.#newId(),
      request,
      service,
      createdAtMs: atMs,
      initialQueuePosition: this.ofService(service.Id).filter(isWaiting).length + 1,
      state: 'InQueue',
      agent: null,
      sessionAgentToken: noSession,
      offeredAtMs: 0,
      offeredTo: [],
      terminatedAtMs: null,
    };
    this.#tasks.push(task);
    return task;
  }

  all(): readonly LucsTask[] {
    return this.#tasks;
  }

  ofService(serviceId: string): LucsTask[] {
    return this.#tasks.filter((task) => task.service.Id === serviceId);
  }

  /** Those that LUCS shall offer to an agent, oldest first. */
  waitingForAgent(): LucsTask[] {
    return this.#tasks.filter((task) => isWaiting(task) && task.request.distributeToAgent);
  }

  /** By the task's own id, or the newest with this `ExternalTaskId`. */
  find(identifier: string): LucsTask | undefined {
    return (
      this.#tasks.find(({ id }) => id === identifier.toLowerCase()) ??
      this.#tasks.findLast(({ request }) => request.externalTaskId === identifier)
    );
  }

  clear(): void {
    this.#tasks = [];
  }

  /** LUCS offers the task to an agent. Throws when it is not waiting, or was created with `DistributeToAgent` false. */
  distribute(task: LucsTask, agent: LucsAgent, atMs: number): void {
    if (!isWaiting(task) || !task.request.distributeToAgent) throw notAllowed(task, 'distributed');
    task.state = 'Distributed';
    task.agent = agent;
    task.sessionAgentToken = this.#newId();
    task.offeredAtMs = atMs;
    task.offeredTo.push(agent.SipUri);
  }

  /** The agent takes the offer. */
  confirm(task: LucsTask): void {
    if (task.state !== 'Distributed') throw notAllowed(task, 'confirmed');
    task.state = 'Established';
  }

  /** When the present offer runs out; undefined without one. */
  offerEndsAtMs(task: LucsTask): number | undefined {
    if (task.state !== 'Distributed') return undefined;
    const { defaultRonaTimeoutInSeconds } = this.#behaviour();
    return task.offeredAtMs + (task.request.ronaTimeoutInSeconds ?? defaultRonaTimeoutInSeconds) * 1_000;
  }

  /** Ends the offer without a result: the agent declines it, or lets it run out. Gives the agent. */
  endOffer(task: LucsTask): LucsAgent {
    const { agent } = task;
    if (task.state !== 'Distributed' || agent === null) throw notAllowed(task, 'taken back from an agent');
    returnToQueue(task);
    return agent;
  }

  /** Takes the task from the agent it is offered to, if any, who is given. */
  refresh(task: LucsTask): LucsAgent | null {
    if (task.state === 'Established' || task.state === 'Terminated') throw notAllowed(task, 'refreshed');
    const { agent } = task;
    returnToQueue(task);
    return agent;
  }

  setEstablished(task: LucsTask): void {
    const allowed = task.state === 'Distributed' && this.#behaviour().setEstablishedOnDistributed === 'allow';
    if (!isWaiting(task) && !allowed) throw notAllowed(task, 'set established');
    task.state = 'Established';
  }

  /** Throws a 404 refusal for a task that is already over. */
  terminate(task: LucsTask, atMs: number): void {
    if (task.state === 'Terminated') throw new LucsRefusal('NotFound', 'The task was not found.', 404);
    if (task.state !== 'Established' && this.#behaviour().terminateUnestablished === 'refuse') {
      throw notAllowed(task, 'terminated');
    }
    task.state = 'Terminated';
    task.terminatedAtMs = atMs;
  }

  /** Forgets what was terminated longer ago than the retention time. */
  forgetOld(nowMs: number): void {
    const { retentionMs } = this.#behaviour();
    this.#tasks = this.#tasks.filter(
      ({ terminatedAtMs }) => terminatedAtMs === null || nowMs - terminatedAtMs < retentionMs,
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
