import type { NimbusWebhooksConfig } from '../config.ts';
import type { TriggerOperations } from '../destinations/nimbus/triggers/client.ts';
import { ConfigurationError } from '../errors.ts';
import { contentHash } from '../events/content-hash.ts';
import { isSame, sorted, valuesOf, type WebhookLookups } from './lookup-values.ts';
import { type WebhookName, webhookTitles } from './webhook-name.ts';

export interface DesiredTriggersOptions {
  /** Address of the API: the same registration at another cluster is another one. */
  readonly baseUrl: string;
  readonly webhooks: NimbusWebhooksConfig;
  readonly lookups: WebhookLookups;
  readonly nimbus: TriggerOperations;
}

/** A registration as the settings want it. */
export interface DesiredTrigger {
  /** Service UPNs. */
  readonly services: readonly string[];
  /** Tells registrations apart. It covers the callback's key too, which is kept nowhere else. */
  readonly hash: string;
  /** Registers it, and gives the trigger's id. */
  readonly register: () => Promise<string>;
}

/**
 * What the settings want of one webhook; undefined when Nimbus offers none of the services for it.
 *
 * @param registered services of the trigger that is registered now.
 * @throws ConfigurationError when Nimbus does not know, or does not show, what the settings name.
 */
export async function desiredTrigger(
  webhook: WebhookName,
  registered: readonly string[],
  { baseUrl, webhooks, lookups, nimbus }: DesiredTriggersOptions,
): Promise<DesiredTrigger | undefined> {
  const services = await servicesOf(webhook, webhooks.services, registered, lookups);
  if (services.length === 0) return undefined;
  const { callbackUrl, callbackKey } = webhooks;
  const urlOf = (path: string) => `${callbackUrl}/${path}?code=${encodeURIComponent(callbackKey)}`;

  if (webhook === 'schedulerEntry') {
    const events = await lookups.getSchedulerEntriesEvents();
    const config = {
      url: urlOf('scheduler-entries'),
      services,
      schedulerEntryEvents: eventsOf('NIMBUS_SCHEDULER_ENTRY_EVENTS', webhooks.schedulerEntryEvents, events),
    };
    return {
      services,
      hash: contentHash({ baseUrl, webhook, config }),
      register: () => nimbus.registerSchedulerEntryTrigger(config),
    };
  }
  const modalities = await filterOf('NIMBUS_MODALITIES', webhooks.modalities, lookups.getTaskModalities);
  const directions = await filterOf('NIMBUS_DIRECTIONS', webhooks.directions, lookups.getTaskDirections);
  const config = {
    url: urlOf('tasks'),
    services,
    taskEvents: eventsOf('NIMBUS_TASK_EVENTS', webhooks.taskEvents, await lookups.getTaskEvents()),
    ...(modalities && { modalities }),
    ...(directions && { directions }),
  };
  return {
    services,
    hash: contentHash({ baseUrl, webhook, config }),
    register: () => nimbus.registerTaskWebHook(config),
  };
}

type Choices = Parameters<typeof valuesOf>[2];

function eventsOf(setting: string, wanted: readonly string[], choices: Choices): string[] {
  return wanted.length === 0 ? sorted(choices.map(({ value }) => value)) : valuesOf(setting, wanted, choices);
}

/** Undefined when nothing is to be left out. */
async function filterOf(setting: string, wanted: readonly string[], ask: () => Promise<Choices>) {
  return wanted.length === 0 ? undefined : valuesOf(setting, wanted, await ask());
}

/**
 * The services of the settings that this webhook can have. Not every service can have both: licences differ.
 * One that is registered and can't be seen any more is an error: without it the trigger would quietly be made smaller.
 */
async function servicesOf(
  webhook: WebhookName,
  wanted: readonly string[],
  registered: readonly string[],
  lookups: WebhookLookups,
): Promise<string[]> {
  const [forTasks, forEntries] = await Promise.all([lookups.getServices(), lookups.getSchedulerEntryServices()]);
  const offered = webhook === 'task' ? forTasks : forEntries;
  const anywhere = [...forTasks, ...forEntries];
  const isIn = (services: readonly string[], upn: string) => services.some((service) => isSame(service, upn));

  const hidden = wanted.filter((upn) => !isIn(offered, upn) && (isIn(registered, upn) || !isIn(anywhere, upn)));
  const lost = hidden.filter((upn) => isIn(registered, upn));
  const unknown = hidden.filter((upn) => !isIn(registered, upn));
  const shown = `it shows ${sorted(offered).join(', ') || 'none at all: does the account have a role in Nimbus?'}`;
  const problems = [
    ...(lost.length === 0
      ? []
      : [
          `Nimbus no longer shows ${lost.join(', ')} to the signed-in account for ${webhookTitles[webhook]}, and sends nothing about it; ${shown}`,
        ]),
    ...(unknown.length === 0
      ? []
      : [
          `NIMBUS_SERVICES: Nimbus does not show ${unknown.join(', ')} to the signed-in account for ${webhookTitles[webhook]}; ${shown}`,
        ]),
  ];
  if (problems.length > 0) throw new ConfigurationError('Nimbus and the settings disagree', problems);
  return sorted(offered.filter((upn) => isIn(wanted, upn)));
}
