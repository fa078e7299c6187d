import type { NimbusBehaviour } from './behaviour.ts';
import { schedulerEntryEvents, taskEvents } from './lookups.ts';
import type { Webhook } from './trigger-request.ts';

type KeySpelling = NimbusBehaviour['callbackKeys'];

const spellings: Readonly<Record<KeySpelling, (key: string) => string>> = {
  published: (key) => key,
  swapped: (key) => swapCase(key.charAt(0)) + key.slice(1),
  lower: (key) => key.toLowerCase(),
  upper: (key) => key.toUpperCase(),
};

/** The payload as it goes over the wire: its keys, and its event's value or name, spelled as the behaviour says. */
export function spellPayload(
  webhook: Webhook,
  payload: Readonly<Record<string, unknown>>,
  { callbackKeys, callbackEvent }: NimbusBehaviour,
): Record<string, unknown> {
  const named = callbackEvent === 'name' ? { ...payload, ...nameOfEvent(webhook, payload) } : payload;
  return respell(named, spellings[callbackKeys]);
}

function nameOfEvent(webhook: Webhook, { event }: Readonly<Record<string, unknown>>): { event?: string } {
  const known = webhook === 'task' ? taskEvents : schedulerEntryEvents;
  const name = known.find(({ value }) => value === event)?.name;
  return name === undefined ? {} : { event: name };
}

function respell(object: object, spell: (key: string) => string): Record<string, unknown> {
  const below = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(below);
    return typeof value === 'object' && value !== null ? respell(value, spell) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [spell(key), below(value)]));
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}
