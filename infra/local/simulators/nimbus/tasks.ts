import { preferredRoutingUsers } from './lookups.ts';
import type { TaskAbout } from './start-task-request.ts';
import { changedParameters, type NamedText, type TaskInformation } from './task-information.ts';

/** Where a task stands. Nimbus publishes no names of states; these are called after its portal's. */
export type TaskState =
  | 'Created'
  | 'Accepted'
  | 'InQueue'
  | 'Ringing'
  | 'Dialing'
  | 'Connected'
  | 'Transferred'
  | 'Terminated';

/** What a new task starts with. */
export interface NewTask {
  readonly serviceUpn: string;
  readonly modality: string;
  readonly direction: string;
  readonly about: TaskAbout;
  readonly information: TaskInformation;
  readonly callChainId?: string;
}

export interface NimbusTask {
  readonly id: string;
  readonly callChainId: string;
  readonly modality: string;
  readonly direction: string;
  readonly about: TaskAbout;
  readonly createdAtMs: number;
  serviceUpn: string;
  state: TaskState;
  stateSinceMs: number;
  /** When it was put into the queue; a RONA does not start the wait anew. */
  queuedAtMs: number;
  information: TaskInformation;
  ringingUserUpn: string | null;
  lastConnectedUserUpn: string | null;
  /** How often the destination was dialled; null where nobody dials. */
  outboundAttempt: number | null;
  updatedParameter: NamedText | null;
  terminatedAtMs: number | null;
}

interface Step {
  readonly from: readonly TaskState[];
  readonly to: TaskState;
  /** The webhook's event; none where no event is known for it. */
  readonly event?: string;
}

const steps = {
  accept: { from: ['Created', 'Transferred'], to: 'Accepted', event: 'SystemAccepted' },
  queue: { from: ['Created', 'Accepted'], to: 'InQueue', event: 'QueueEntered' },
  requeue: { from: ['Dialing'], to: 'InQueue', event: 'QueueEntered' },
  ring: { from: ['InQueue'], to: 'Ringing', event: 'UserRinging' },
  rona: { from: ['Ringing'], to: 'InQueue', event: 'Rona' },
  userAccepted: { from: ['Ringing'], to: 'Connected', event: 'UserAccepted' },
  dial: { from: ['Connected'], to: 'Dialing', event: 'DialingOut' },
  answer: { from: ['Dialing'], to: 'Connected' },
  transfer: { from: ['Accepted', 'InQueue', 'Connected'], to: 'Transferred', event: 'Transferred' },
} as const satisfies Record<string, Step>;

/**
 * Tasks in progress and ended ones, with the moves that are possible from each state. `raise` is told of every event
 * when the task already shows it. Moves throw an Error that names the state they are not possible from.
 */
export class Tasks {
  readonly #byId = new Map<string, NimbusTask>();
  readonly #newId: () => string;
  readonly #raise: (task: NimbusTask, event: string) => void;

  constructor(newId: () => string, raise: (task: NimbusTask, event: string) => void) {
    this.#newId = newId;
    this.#raise = raise;
  }

  create({ callChainId = this.#newId(), ...wanted }: NewTask, atMs: number): NimbusTask {
    const task: NimbusTask = {
      id: this.#newId(),
      callChainId,
      ...wanted,
      createdAtMs: atMs,
      state: 'Created',
      stateSinceMs: atMs,
      queuedAtMs: atMs,
      ringingUserUpn: null,
      lastConnectedUserUpn: null,
      outboundAttempt: null,
      updatedParameter: null,
      terminatedAtMs: null,
    };
    this.#byId.set(task.id, task);
    this.#raise(task, 'Created');
    return task;
  }

  find(id: string): NimbusTask | undefined {
    return this.#byId.get(id);
  }

  all(): NimbusTask[] {
    return [...this.#byId.values()];
  }

  clear(): void {
    this.#byId.clear();
  }

  accept(task: NimbusTask, atMs: number): void {
    this.#step(task, 'accept', atMs);
  }

  queue(task: NimbusTask, atMs: number): void {
    this.#step(task, 'queue', atMs, () => {
      task.queuedAtMs = atMs;
    });
  }

  /** The destination was not reached: another attempt begins with looking for a user. */
  requeue(task: NimbusTask, atMs: number): void {
    this.#step(task, 'requeue', atMs, () => {
      task.queuedAtMs = atMs;
    });
  }

  ring(task: NimbusTask, atMs: number, userUpn = firstChoiceFor(task)): void {
    this.#step(task, 'ring', atMs, () => {
      task.ringingUserUpn = userUpn;
    });
  }

  rona(task: NimbusTask, atMs: number): void {
    this.#step(task, 'rona', atMs, () => {
      task.ringingUserUpn = null;
    });
  }

  userAccepted(task: NimbusTask, atMs: number, userUpn = task.ringingUserUpn): void {
    this.#step(task, 'userAccepted', atMs, () => {
      task.ringingUserUpn = null;
      task.lastConnectedUserUpn = userUpn;
    });
  }

  dial(task: NimbusTask, atMs: number): void {
    this.#step(task, 'dial', atMs, () => {
      task.outboundAttempt = (task.outboundAttempt ?? 0) + 1;
    });
  }

  answer(task: NimbusTask, atMs: number): void {
    this.#step(task, 'answer', atMs);
  }

  /** The event still names the old service; what follows comes from the new one, without a second `Created`. */
  transfer(task: NimbusTask, atMs: number, serviceUpn = task.serviceUpn): void {
    this.#step(task, 'transfer', atMs);
    task.serviceUpn = serviceUpn;
  }

  terminate(task: NimbusTask, atMs: number): void {
    requireOpen(task, 'terminate');
    task.state = 'Terminated';
    task.stateSinceMs = atMs;
    task.ringingUserUpn = null;
    task.terminatedAtMs = atMs;
    this.#raise(task, 'TaskTerminated');
  }

  /** Takes new information over and raises `ParameterUpdated` for each context parameter that has changed. */
  inform(task: NimbusTask, information: TaskInformation): void {
    requireOpen(task, 'inform');
    const changed = changedParameters(task.information, information);
    task.information = information;
    for (const parameter of changed) {
      task.updatedParameter = parameter;
      this.#raise(task, 'ParameterUpdated');
    }
  }

  #step(task: NimbusTask, name: keyof typeof steps, atMs: number, change: () => void = () => undefined): void {
    const { from, to, event }: Step = steps[name];
    if (!from.includes(task.state)) {
      throw new Error(`A task in state ${task.state} cannot ${name}. It has to be in one of: ${from.join(', ')}.`);
    }
    task.state = to;
    task.stateSinceMs = atMs;
    change();
    if (event !== undefined) this.#raise(task, event);
  }
}

/** The preferred user with the best priority (none counts as the highest), else the first user there is. */
function firstChoiceFor({ information }: NimbusTask): string {
  const [first] = [...(information.preferredUsers ?? [])].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
  return first?.upn ?? preferredRoutingUsers[0] ?? '';
}

function requireOpen(task: NimbusTask, what: string): void {
  if (task.state === 'Terminated') throw new Error(`A task in state Terminated cannot ${what}.`);
}
