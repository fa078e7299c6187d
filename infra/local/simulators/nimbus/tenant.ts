import { Behaviour } from '../common/behaviour.ts';
import { SimulatedTime } from '../common/simulated-time.ts';
import { Account } from './account.ts';
import { AddressBooks } from './address-books.ts';
import { defaultNimbusBehaviour, type NimbusBehaviour, nimbusBehaviourSchema } from './behaviour.ts';
import { CallLimit } from './call-limit.ts';
import { type CallbackResult, Callbacks } from './callbacks.ts';
import type { Contact } from './contact.ts';
import { Scheduler, type SchedulerEntry } from './scheduler.ts';
import { schedulerEntryPayload } from './scheduler-entry-payload.ts';
import { type StartTaskRequest, startTaskSchema } from './start-task-request.ts';
import { mergeInformation } from './task-information.ts';
import type { TaskMove } from './task-moves.ts';
import { taskPayload } from './task-payload.ts';
import { type NimbusTask, Tasks } from './tasks.ts';
import { type Trigger, Triggers } from './triggers.ts';

export interface TenantOptions {
  readonly services: readonly string[] | undefined;
  readonly behaviour: Partial<NimbusBehaviour> | undefined;
  readonly clock: () => number;
  readonly newId: () => string;
}

export interface NimbusState {
  readonly triggers: readonly Trigger[];
  readonly tasks: readonly NimbusTask[];
  readonly schedulerEntries: readonly SchedulerEntry[];
  readonly addressBooks: readonly { readonly id: string; readonly contacts: readonly Contact[] }[];
  readonly roles: readonly string[];
  readonly behaviour: NimbusBehaviour;
  /** What was delivered, in the order of the answers. */
  readonly callbacks: readonly CallbackResult[];
  /** The most calls that one token made in any 60 seconds, refused ones included. */
  readonly highestCallsPerMinute: number;
}

/** One Nimbus tenant: its objects, the account that calls, and the webhooks that follow from what happens. */
export class NimbusTenant {
  readonly behaviour: Behaviour<NimbusBehaviour>;
  readonly time: SimulatedTime;
  readonly account: Account;
  readonly triggers = new Triggers();
  readonly callbacks: Callbacks;
  readonly tasks: Tasks;
  readonly scheduler: Scheduler;
  readonly addressBooks = new AddressBooks();
  readonly callLimit = new CallLimit();

  constructor({ services, behaviour, clock, newId }: TenantOptions) {
    this.behaviour = new Behaviour(nimbusBehaviourSchema, { ...defaultNimbusBehaviour, ...behaviour });
    this.time = new SimulatedTime(clock);
    this.account = new Account(services);
    // Nimbus tells nobody when an account's rights are gone: its triggers stay and are silent.
    this.callbacks = new Callbacks(
      (webhook, payload) => this.triggers.matching(webhook, payload, this.account.services(webhook)),
      this.behaviour,
    );
    this.tasks = new Tasks(newId, (task, event) => {
      void this.callbacks.raise({ webhook: 'task', payload: taskPayload(task, event) });
    });
    this.scheduler = new Scheduler({
      tasks: this.tasks,
      newId,
      raise: (entry, event) => {
        void this.callbacks.raise({ webhook: 'schedulerEntry', payload: schedulerEntryPayload(entry, event) });
      },
    });
  }

  /** Does what time has brought. */
  settleTime(): void {
    this.scheduler.settle(this.time.now());
  }

  advance(ms: number): void {
    this.settleTime();
    this.time.advance(ms);
    this.settleTime();
  }

  /** A copy of the new task. Throws an Error where there is no service for it. */
  startTask(request: StartTaskRequest): NimbusTask {
    const { serviceUpn, modality, direction, taskInformation, ...about } = startTaskSchema.parse(request);
    const service = serviceUpn ?? this.account.services('task')[0];
    if (service === undefined) throw new Error('The account sees no service: name the task’s serviceUpn.');
    this.settleTime();
    const wanted = { serviceUpn: service, modality, direction, about, information: taskInformation };
    return structuredClone(this.tasks.create(wanted, this.time.now()));
  }

  /** A copy of the moved task. Throws an Error for an unknown task and a move that its state does not allow. */
  moveTask(taskId: string, move: TaskMove): NimbusTask {
    this.settleTime();
    const task = this.tasks.find(taskId);
    if (task === undefined) throw new Error(`There is no task ${taskId}.`);
    const atMs = this.time.now();
    this.#move(task, move, atMs);
    this.scheduler.follow(task, atMs);
    return structuredClone(task);
  }

  state(): NimbusState {
    this.settleTime();
    return {
      triggers: this.triggers.all(),
      tasks: structuredClone(this.tasks.all()),
      schedulerEntries: structuredClone(this.scheduler.all()),
      addressBooks: structuredClone(this.addressBooks.all()),
      roles: this.account.roles,
      behaviour: this.behaviour.current,
      callbacks: this.callbacks.results(),
      highestCallsPerMinute: this.callLimit.highest,
    };
  }

  /** Back to the seeded state; callbacks under way are given up. */
  clear(): void {
    this.callbacks.clear();
    this.triggers.clear();
    this.tasks.clear();
    this.scheduler.clear();
    this.addressBooks.clear();
    this.callLimit.clear();
    this.account.reset();
    this.behaviour.reset();
    this.time.reset();
  }

  #move(task: NimbusTask, move: TaskMove, atMs: number): void {
    const { tasks, scheduler } = this;
    switch (move.move) {
      case 'accept':
        tasks.accept(task, atMs);
        break;
      case 'queue':
        tasks.queue(task, atMs);
        break;
      case 'ring':
        tasks.ring(task, atMs, move.userUpn);
        break;
      case 'rona':
        tasks.rona(task, atMs);
        break;
      case 'userAccepted':
        tasks.userAccepted(task, atMs, move.userUpn);
        break;
      case 'answer':
        scheduler.answer(task, atMs);
        break;
      case 'noAnswer':
        scheduler.noAnswer(task, atMs);
        break;
      case 'transfer':
        tasks.transfer(task, atMs, move.serviceUpn);
        break;
      case 'terminate':
        tasks.terminate(task, atMs);
        break;
      case 'setParameter': {
        const given = { customContextParameters: [{ name: move.name, value: move.value }] };
        tasks.inform(task, mergeInformation(task.information, given));
        break;
      }
    }
  }
}
