import { type NamedValue, normalizeName, schedulerEntryEvents, taskEvents } from './lookups.ts';
import type { TriggerConfig, Webhook } from './trigger-request.ts';

/** A registered callback. Nimbus has no call that lists them: whoever loses the id cannot remove it. */
export interface Trigger {
  readonly id: string;
  readonly webhook: Webhook;
  readonly config: TriggerConfig;
}

/** The registered callbacks of both webhooks. */
export class Triggers {
  readonly #byId = new Map<string, Trigger>();

  add(trigger: Trigger): void {
    this.#byId.set(trigger.id, trigger);
  }

  /** False when this webhook has no such trigger. */
  remove(webhook: Webhook, id: string): boolean {
    return this.#byId.get(id)?.webhook === webhook && this.#byId.delete(id);
  }

  all(): Trigger[] {
    return [...this.#byId.values()];
  }

  clear(): void {
    this.#byId.clear();
  }

  /**
   * The triggers that want to hear of this payload, in the order of their registration; none for a service outside
   * `visible` (UPNs).
   */
  matching(webhook: Webhook, payload: Readonly<Record<string, unknown>>, visible: readonly string[]): Trigger[] {
    const values = new Map(Object.entries(payload).map(([key, value]) => [key.toLowerCase(), value]));
    return this.all().filter(
      ({ webhook: registered, config }) =>
        registered === webhook &&
        includes(visible, values.get('serviceupn')) &&
        includes(config.services, values.get('serviceupn')) &&
        includes(namesAndValues(config.events, webhook), values.get('event')) &&
        (config.modalities === undefined || includes(config.modalities, values.get('modality'))) &&
        (config.directions === undefined || includes(config.directions, values.get('direction'))),
    );
  }
}

/** Which of an event's two spellings a payload carries is not documented, so that both count. */
function namesAndValues(chosen: readonly string[], webhook: Webhook): string[] {
  const known: readonly NamedValue[] = webhook === 'task' ? taskEvents : schedulerEntryEvents;
  return known.filter(({ value }) => chosen.includes(value)).flatMap(({ name, value }) => [name, value]);
}

function includes(wanted: readonly string[], value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return wanted.some((entry) => normalizeName(entry) === normalizeName(value));
}
