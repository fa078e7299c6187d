import type { LookupOperations } from '../destinations/nimbus/lookups/client.ts';
import type { Choice } from '../destinations/nimbus/lookups/schemas.ts';
import { ConfigurationError } from '../errors.ts';

/** The lookups that a registration is checked against. */
export type WebhookLookups = Pick<
  LookupOperations,
  | 'getServices'
  | 'getSchedulerEntryServices'
  | 'getTaskEvents'
  | 'getSchedulerEntriesEvents'
  | 'getTaskModalities'
  | 'getTaskDirections'
>;

const MAX_AGE_MS = 5 * 60_000;

/**
 * Remembers events, modalities and directions for five minutes. Services are asked for each time: they show what the
 * account may see at this moment.
 */
export function cachedLookups(lookups: WebhookLookups, clock: () => number): WebhookLookups {
  const cached = (ask: () => Promise<readonly Choice[]>) => {
    let known: { readonly choices: readonly Choice[]; readonly askedMs: number } | undefined;
    return async () => {
      if (known === undefined || clock() - known.askedMs >= MAX_AGE_MS) {
        const askedMs = clock();
        known = { choices: await ask(), askedMs };
      }
      return known.choices;
    };
  };
  return {
    getServices: () => lookups.getServices(),
    getSchedulerEntryServices: () => lookups.getSchedulerEntryServices(),
    getTaskEvents: cached(() => lookups.getTaskEvents()),
    getSchedulerEntriesEvents: cached(() => lookups.getSchedulerEntriesEvents()),
    getTaskModalities: cached(() => lookups.getTaskModalities()),
    getTaskDirections: cached(() => lookups.getTaskDirections()),
  };
}

/**
 * The values of what a setting names, by name or by value; case and blanks don't matter. Sorted, each once.
 *
 * @throws ConfigurationError that names the setting, what Nimbus does not know, and what it does.
 */
export function valuesOf(setting: string, wanted: readonly string[], choices: readonly Choice[]): string[] {
  const found = wanted.map((text) => ({
    text,
    // A value goes first: one entry's name can be another's value.
    choice: choices.find(({ value }) => isSame(value, text)) ?? choices.find(({ name }) => isSame(name, text)),
  }));
  const unknown = found.flatMap(({ text, choice }) => (choice === undefined ? [text] : []));
  if (unknown.length > 0) {
    const known = choices.map(({ value }) => value).join(', ') || 'nothing';
    throw new ConfigurationError('Settings are wrong or missing', [
      `${setting}: Nimbus has no ${unknown.map((text) => JSON.stringify(text)).join(', ')}; it knows ${known}`,
    ]);
  }
  return sorted(found.flatMap(({ choice }) => choice?.value ?? []));
}

/** In one order, whatever the order of the settings, each once. */
export function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

export function isSame(one: string, other: string): boolean {
  return normalized(one) === normalized(other);
}

function normalized(text: string): string {
  return text.replaceAll(/\s/g, '').toLowerCase();
}
