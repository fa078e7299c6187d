import { Behaviour } from '../common/behaviour.ts';
import { SimulatedTime } from '../common/simulated-time.ts';
import { LucsAgents } from './agents.ts';
import { defaultLucsBehaviour, type LucsBehaviour, lucsBehaviourSchema } from './behaviour.ts';
import { type LucsCallback, LucsCallbacks } from './callbacks.ts';
import { requiredModalities } from './create-task-request.ts';
import { LucsRefusal } from './refusal.ts';
import { type AgentStatus, type LucsAgent, type LucsService, lucsServices } from './seed.ts';
import { type LucsTask, LucsTasks } from './tasks.ts';

export interface LucsState {
  readonly tasks: readonly LucsTask[];
  /** Cancelled ones included. */
  readonly callbacks: readonly LucsCallback[];
  readonly agents: readonly (LucsAgent & AgentStatus)[];
  readonly behaviour: LucsBehaviour;
}

/** What moves a callback without a call of the API. */
export type CallbackMove = 'queue' | 'distribute' | 'accept' | 'decline' | 'answer' | 'fail';

/** One LUCS: its work, its agents, and what happens between them as time goes by. */
export class LucsSystem {
  readonly services: readonly LucsService[] = lucsServices;
  readonly behaviour: Behaviour<LucsBehaviour>;
  readonly time: SimulatedTime;
  readonly agents = new LucsAgents();
  readonly tasks: LucsTasks;
  readonly callbacks: LucsCallbacks;
  #settledAtMs: number;
  #initializedAtMs = 0;

  constructor({
    behaviour,
    clock,
    newId,
  }: {
    behaviour: Partial<LucsBehaviour>;
    clock: () => number;
    newId: () => string;
  }) {
    this.behaviour = new Behaviour(lucsBehaviourSchema, { ...defaultLucsBehaviour, ...behaviour });
    this.time = new SimulatedTime(clock);
    const current = () => this.behaviour.current;
    this.tasks = new LucsTasks(current, newId);
    this.callbacks = new LucsCallbacks(current, newId);
    this.#settledAtMs = this.time.now();
  }

  /** For so long LUCS answers that it is not initialised. */
  notInitialized(ms: number): void {
    this.#initializedAtMs = this.time.now() + ms;
  }

  requireInitialized(): void {
    if (this.time.now() < this.#initializedAtMs) throw new LucsRefusal('NotInitialized', 'LUCS is not initialised.');
  }

  advance(ms: number): void {
    this.settle();
    this.time.advance(ms);
    this.settle();
  }

  /** Does what time has brought since the last time, in its order. */
  settle(): void {
    const now = this.time.now();
    this.#distributeWaiting();
    for (let due = this.#nextDue(); due !== undefined && due.atMs <= now; due = this.#nextDue()) {
      this.#settledAtMs = Math.max(this.#settledAtMs, due.atMs);
      due.happen();
      this.#distributeWaiting();
    }
    this.#settledAtMs = now;
    this.tasks.forgetOld(now);
    this.callbacks.forgetOld(now);
  }

  /** LUCS offers the task to the given agent, or to one of its choice. */
  distributeTask(identifier: string, sipUri?: string): void {
    const task = this.task(identifier);
    const agent = sipUri === undefined ? this.#chooseForTask(task) : this.agents.find(sipUri);
    if (agent === undefined) throw new Error('No such agent can be selected for the task.');
    this.tasks.distribute(task, agent, this.time.now());
  }

  confirmTask(identifier: string): void {
    this.tasks.confirm(this.task(identifier));
  }

  /** The agent declines the offer, or lets it run out: LUCS treats both alike as far as is known. */
  endOfferOfTask(identifier: string): void {
    this.#endOffer(this.task(identifier));
  }

  /** Takes a task back on behalf of the caller, who may want the agent to be set to RONA. */
  refreshTask(task: LucsTask, setAgentOnRona: boolean): void {
    const { agent, state } = task;
    if (setAgentOnRona && state === 'Distributed' && agent !== null && !this.agents.hasAgentAssistant(agent)) {
      throw new LucsRefusal('InvalidState', 'The RONA status of the agent cannot be set remotely.');
    }
    const released = this.tasks.refresh(task);
    if (setAgentOnRona && released !== null) this.agents.setOnRona(released);
  }

  moveCallback(identifier: string, move: CallbackMove, sipUri?: string): void {
    this.settle();
    const atMs = this.time.now();
    const callback = this.callbacks.find(identifier);
    if (callback === undefined) throw new Error(`LUCS has no callback ${identifier}.`);
    switch (move) {
      case 'queue':
        this.callbacks.queue(callback, atMs);
        break;
      case 'distribute': {
        const agent = sipUri === undefined ? this.#chooseForCallback(callback) : this.agents.find(sipUri);
        if (agent === undefined) throw new Error('No such agent can be selected for the callback.');
        this.callbacks.distribute(callback, agent, atMs);
        break;
      }
      case 'accept':
        this.callbacks.accept(callback, atMs);
        break;
      case 'decline':
        this.#declineCallback(callback);
        break;
      case 'answer':
        this.callbacks.finish(callback, 'answered', atMs);
        break;
      case 'fail':
        this.callbacks.finish(callback, 'failed', atMs);
        break;
    }
  }

  /** A task as it is now, by its id or external id. Throws an Error where there is none. */
  task(identifier: string): LucsTask {
    this.settle();
    const task = this.tasks.find(identifier);
    if (task === undefined) throw new Error(`LUCS has no task ${identifier}.`);
    return task;
  }

  state(): LucsState {
    this.settle();
    return {
      tasks: structuredClone(this.tasks.all()),
      callbacks: structuredClone(this.callbacks.all()),
      agents: this.agents.all(),
      behaviour: this.behaviour.current,
    };
  }

  /** Back to the seeded state. */
  clear(): void {
    this.tasks.clear();
    this.callbacks.clear();
    this.agents.reset();
    this.behaviour.reset();
    this.time.reset();
    this.#settledAtMs = this.time.now();
    this.#initializedAtMs = 0;
  }

  #distributeWaiting(): void {
    if (this.behaviour.current.distribution !== 'automatic') return;
    const atMs = this.#settledAtMs;
    for (const callback of this.callbacks.present()) {
      if (callback.state === 'Pending' && callback.nextTryAtMs <= atMs) this.callbacks.queue(callback, atMs);
    }
    for (const callback of this.callbacks.waitingForAgent()) {
      const agent = this.#chooseForCallback(callback);
      if (agent !== undefined) this.callbacks.distribute(callback, agent, atMs);
    }
    for (const task of this.tasks.waitingForAgent()) {
      const agent = this.#chooseForTask(task);
      if (agent !== undefined) this.tasks.distribute(task, agent, atMs);
    }
  }

  /** The earliest thing that will happen by itself. */
  #nextDue(): { atMs: number; happen: () => void } | undefined {
    const automatic = this.behaviour.current.distribution === 'automatic';
    const due = [
      ...this.tasks.all().map((task) => ({ atMs: this.tasks.offerEndsAtMs(task), happen: () => this.#endOffer(task) })),
      ...this.callbacks.present().map((callback) => ({
        atMs: automatic && callback.state === 'Pending' ? callback.nextTryAtMs : this.callbacks.offerEndsAtMs(callback),
        happen: () => this.#endWaiting(callback),
      })),
    ].flatMap(({ atMs, happen }) => (atMs === undefined ? [] : [{ atMs, happen }]));
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }

  #endWaiting(callback: LucsCallback): void {
    const atMs = this.#settledAtMs;
    if (callback.state === 'Pending') this.callbacks.queue(callback, atMs);
    else if (callback.offer === 'preview') this.callbacks.accept(callback, atMs);
    else this.#declineCallback(callback);
  }

  /** Only with Agent Assistant can LUCS set the agent to RONA; another one may get the same task again. */
  #endOffer(task: LucsTask): void {
    const agent = this.tasks.endOffer(task);
    if (this.agents.hasAgentAssistant(agent)) this.agents.setOnRona(agent);
  }

  #declineCallback(callback: LucsCallback): void {
    this.agents.setOnRona(this.callbacks.decline(callback));
  }

  #chooseForTask({ request, service }: LucsTask): LucsAgent | undefined {
    const wanted = {
      serviceId: service.Id,
      modalities: requiredModalities(request),
      preferred: request.preferredAgents,
      preferredOnly: request.considerPreferredAgentsOnly,
    };
    return this.agents.choose(wanted, (agent) => this.#isFree(agent));
  }

  #chooseForCallback({ service }: LucsCallback): LucsAgent | undefined {
    const wanted = { serviceId: service.Id, modalities: ['Audio' as const], preferred: [], preferredOnly: false };
    return this.agents.choose(wanted, (agent) => this.#isFree(agent));
  }

  /** One offer at a time, and none during a call. External tasks that are established do not block their agent. */
  #isFree({ Id }: LucsAgent): boolean {
    const hasOffer = this.tasks.all().some(({ state, agent }) => state === 'Distributed' && agent?.Id === Id);
    return !hasOffer && !this.callbacks.present().some(({ agent }) => agent?.Id === Id);
  }
}
