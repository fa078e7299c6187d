import * as z from '../../../../shared/zod.ts';
import type { Modality } from './create-task-request.ts';
import { type AgentStatus, type LucsAgent, lucsAgents, type SeededAgent } from './seed.ts';

export const agentChangesSchema = z.strictObject({
  selectable: z.optional(z.boolean()),
  agentAssistant: z.optional(z.boolean()),
  onRona: z.optional(z.boolean()),
});

/** What a test or a person changes about an agent. */
export type AgentChanges = z.infer<typeof agentChangesSchema>;

/** What work asks of the agent who gets it. */
export interface AgentWanted {
  readonly serviceId: string;
  readonly modalities: readonly Modality[];
  /** SIP addresses, the most preferred first. */
  readonly preferred: readonly string[];
  readonly preferredOnly: boolean;
}

/** The agents of all services, in the order in which they are asked. */
export class LucsAgents {
  readonly #seeds: readonly SeededAgent[] = lucsAgents;
  readonly #statuses = new Map<string, AgentStatus>();

  all(): (LucsAgent & AgentStatus)[] {
    return this.#seeds.map((seed) => ({ ...seed.agent, ...this.#statusOf(seed) }));
  }

  ofService(serviceId: string): LucsAgent[] {
    return this.#seeds.filter(({ serviceIds }) => serviceIds.includes(serviceId)).map(({ agent }) => agent);
  }

  /** Throws an Error for an address that no agent has. */
  change(sipUri: string, changes: AgentChanges): void {
    const seed = this.#seedOf(sipUri);
    const defined = Object.entries(changes).filter(([, value]) => value !== undefined);
    this.#statuses.set(seed.agent.Id, { ...this.#statusOf(seed), ...Object.fromEntries(defined) });
  }

  /** Throws an Error for an address that no agent has. */
  find(sipUri: string): LucsAgent {
    return this.#seedOf(sipUri).agent;
  }

  hasAgentAssistant(agent: LucsAgent): boolean {
    return this.#statusOf(this.#seedOf(agent.SipUri)).agentAssistant;
  }

  setOnRona(agent: LucsAgent): void {
    this.change(agent.SipUri, { onRona: true });
  }

  /**
   * Who gets the work: the first preferred agent that can be selected, else (unless only preferred ones count) the
   * first of the service. `isFree` tells of agents whom no other offer keeps busy. An empty list of preferred agents
   * means anyone.
   */
  choose(wanted: AgentWanted, isFree: (agent: LucsAgent) => boolean): LucsAgent | undefined {
    const candidates = this.#seeds.filter((seed) => this.#isCandidate(seed, wanted) && isFree(seed.agent));
    const preferred = wanted.preferred
      .map((sipUri) => candidates.find(({ agent }) => sameAddress(agent.SipUri, sipUri)))
      .find((seed) => seed !== undefined);
    const mayFallBack = !wanted.preferredOnly || wanted.preferred.length === 0;
    return (preferred ?? (mayFallBack ? candidates[0] : undefined))?.agent;
  }

  reset(): void {
    this.#statuses.clear();
  }

  #isCandidate(seed: SeededAgent, { serviceId, modalities }: AgentWanted): boolean {
    const { selectable, onRona } = this.#statusOf(seed);
    const handles = modalities.every((modality) => seed.modalities.includes(modality));
    return selectable && !onRona && handles && seed.serviceIds.includes(serviceId);
  }

  #statusOf({ agent, status }: SeededAgent): AgentStatus {
    return this.#statuses.get(agent.Id) ?? status;
  }

  #seedOf(sipUri: string): SeededAgent {
    const seed = this.#seeds.find(({ agent }) => sameAddress(agent.SipUri, sipUri));
    if (seed === undefined) throw new Error(`LUCS has no such agent: ${sipUri}.`);
    return seed;
  }
}

function sameAddress(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
