import { setTimeout as delay } from 'node:timers/promises';
import { connectNimbus } from '../../shared/destinations/connect.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import { keepTriggers, removeTriggers } from '../../shared/nimbus-webhooks/keep-triggers.ts';
import { readTrigger, type TriggerRecord } from '../../shared/nimbus-webhooks/trigger-store.ts';
import { type WebhookName, webhookNames, webhookTitles } from '../../shared/nimbus-webhooks/webhook-name.ts';
import { connectTable } from '../../shared/storage/connect-table.ts';
import type { Table } from '../../shared/storage/table.ts';
import { nimbusAndStorageSettings } from './nimbus-settings.ts';
import { runTool } from './run-tool.ts';

const USAGE = `Usage: npm run nimbus:triggers -- list | register | remove
  list      says what is registered with Nimbus
  register  makes that what the settings want, as the app does every 15 minutes
  remove    removes it; the app does not register again until somebody runs register`;

const BUSY = 'The app or somebody else changes the triggers at this moment: try again in two minutes.';

/**
 * `npm run nimbus:triggers -- list|register|remove`. True when all is as it should be.
 *
 * @throws ConfigurationError when settings stand against it. TransientError when storage does not answer.
 */
export async function triggers(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<boolean> {
  const [command, ...others] = args;
  if (others.length > 0 || !['list', 'register', 'remove'].includes(command ?? '')) {
    print(USAGE);
    return false;
  }
  const config = nimbusAndStorageSettings(environment);
  const { baseUrl, webhooks } = config.nimbus;
  const table = connectTable(config, 'nimbustriggers');
  if (command === 'list') {
    if (webhooks === undefined) print('NIMBUS_CALLBACK_URL is not set: the app registers nothing.');
    await list(table, print);
    return true;
  }
  const clock = Date.now;
  const nimbus = connectNimbus(config.nimbus, {
    fetch,
    clock,
    timeoutMs: config.callTimeoutMs,
    callBudgets: connectTable(config, 'callbudgets'),
    sleep: delay,
    random: Math.random,
  });
  const options = { table, nimbus, clock, log: quietLog };
  if (command === 'remove') {
    const { removed, problems, isBusy } = await removeTriggers(options);
    if (!isBusy) print(`Removed ${counted(removed)}. The app registers none until you run register.`);
    return await concluded(problems, isBusy);
  }
  if (webhooks === undefined) {
    throw new ConfigurationError('Settings are wrong or missing', [
      'NIMBUS_CALLBACK_URL is missing: set it to the address of the webhooks, such as https://<app>.azurewebsites.net/api/nimbus',
    ]);
  }
  const { changed, problems, isBusy } = await keepTriggers({
    ...options,
    baseUrl,
    webhooks,
    lookups: nimbus,
    isByHand: true,
  });
  if (!isBusy && problems.length === 0 && changed === 0) print('All triggers are as the settings want them.');
  if (changed > 0) print(`Registered or removed ${counted(changed)}.`);
  return await concluded(problems, isBusy);

  async function concluded(problems: readonly string[], isBusy: boolean): Promise<boolean> {
    if (isBusy) print(BUSY);
    for (const problem of problems) print(`Problem: ${problem}`);
    await list(table, print);
    return !isBusy && problems.length === 0;
  }
}

async function list(table: Table, print: (line: string) => void): Promise<void> {
  for (const webhook of webhookNames) {
    for (const line of described(webhook, await readTrigger(table, webhook))) print(line);
  }
}

function described(webhook: WebhookName, record: TriggerRecord): string[] {
  const { current, obsolete, unremovable, registeringSince, isStopped } = record;
  const title = `Webhook for ${webhookTitles[webhook]}`;
  const lines = [
    current === undefined
      ? `${title}: not registered${isStopped ? ', because it was removed by hand' : ''}.`
      : `${title}: registered at ${current.registeredAt} for ${current.services.join(', ')}.`,
  ];
  if (current !== undefined) {
    lines.push(
      current.triggerId === undefined
        ? "  Nimbus did not tell the trigger's id: it works, but it can't be removed again."
        : `  Trigger id: ${current.triggerId}`,
    );
  }
  for (const id of obsolete) lines.push(`  Still to be deleted: ${id}`);
  if (registeringSince !== undefined) {
    lines.push(`  A registration began at ${registeringSince} and has not ended.`);
  }
  for (const time of unremovable) {
    lines.push(
      `  A trigger of ${time} may still be there. Its id is not known, so that only Luware can remove it; events that come twice are dropped.`,
    );
  }
  return lines;
}

function counted(triggers: number): string {
  return triggers === 1 ? '1 trigger' : `${triggers} triggers`;
}

/** What happened is told from what is remembered afterwards. */
const quietLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

if (process.argv[1] === import.meta.filename) {
  await runTool((environment) => triggers(process.argv.slice(2), environment, console.log));
}
