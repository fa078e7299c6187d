import { asJsonObject } from '../common/request-body.ts';
import { directions, modalities, type NamedValue, schedulerEntryEvents, taskEvents } from './lookups.ts';
import type { Problems } from './refusal.ts';

/** Which of the two webhooks a trigger is for. */
export type Webhook = 'task' | 'schedulerEntry';

/** What a registration asks for. A missing filter lets everything pass. */
export interface TriggerConfig {
  readonly url: string;
  /** Service UPNs. */
  readonly services: readonly string[];
  /** Values, not names, from the webhook's event lookup. */
  readonly events: readonly string[];
  readonly modalities?: readonly string[];
  readonly directions?: readonly string[];
}

const eventsKey = { task: 'taskEvents', schedulerEntry: 'schedulerEntryEvents' } as const;
const knownEvents = { task: taskEvents, schedulerEntry: schedulerEntryEvents } as const;

/**
 * Reads `{"config": {…}}` by the rules of the connector's published definition: `url`, `services` (at least one) and
 * the event list are required, nothing may stand beside `config`, and only the task webhook has modalities and
 * directions.
 */
export function readTriggerRequest(
  webhook: Webhook,
  body: unknown,
): { config: TriggerConfig; problems?: never } | { problems: Problems; config?: never } {
  const outer = asJsonObject(body);
  if (outer === undefined) return { problems: { '': ['A non-empty request body is required.'] } };
  const problems: Record<string, string[]> = {};
  for (const key of outer.keys()) if (key !== 'config') problems[key] = [`Unknown property '${key}'.`];

  const fields = asJsonObject(outer.get('config'));
  if (fields === undefined) return { problems: { ...problems, config: ['The Config field is required.'] } };

  const url = fields.get('url');
  if (!isHttpUrl(url)) problems['config.url'] = ['The Url field must be an absolute http or https URL.'];
  const services = readStrings(fields, 'services', { required: true, atLeastOne: true }, problems);
  const events = readStrings(fields, eventsKey[webhook], { required: true, known: knownEvents[webhook] }, problems);
  const filters = webhook === 'task' ? readFilters(fields, problems) : {};
  if (Object.keys(problems).length > 0 || !isHttpUrl(url)) return { problems };
  return { config: { url, services: services ?? [], events: events ?? [], ...filters } };
}

function readFilters(
  fields: ReadonlyMap<string, unknown>,
  problems: Record<string, string[]>,
): Pick<TriggerConfig, 'modalities' | 'directions'> {
  const chosenModalities = readStrings(fields, 'modalities', { known: modalities }, problems);
  const chosenDirections = readStrings(fields, 'directions', { known: directions }, problems);
  return {
    ...(chosenModalities === undefined ? {} : { modalities: chosenModalities }),
    ...(chosenDirections === undefined ? {} : { directions: chosenDirections }),
  };
}

function readStrings(
  fields: ReadonlyMap<string, unknown>,
  key: string,
  rule: { required?: boolean; atLeastOne?: boolean; known?: readonly NamedValue[] },
  problems: Record<string, string[]>,
): string[] | undefined {
  const value = fields.get(key) ?? undefined;
  if (value === undefined && rule.required !== true) return undefined;
  const field = `config.${key}`;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    problems[field] = [
      value === undefined ? `The ${key} field is required.` : `The ${key} field must be a list of texts.`,
    ];
    return undefined;
  }
  if (rule.atLeastOne === true && value.length === 0) problems[field] = [`The ${key} field needs at least one entry.`];
  const unknown = value.find((item) => rule.known?.every((entry) => entry.value !== item) === true);
  if (unknown !== undefined) problems[field] = [`'${unknown}' is not valid for ${key}.`];
  return value;
}

function isHttpUrl(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
