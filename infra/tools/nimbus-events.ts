import { nimbusCredentials } from '../../shared/destinations/connect.ts';
import { createNimbusClient } from '../../shared/destinations/nimbus/client.ts';
import type { Choice } from '../../shared/destinations/nimbus/lookups/schemas.ts';
import { nimbusSettings } from './nimbus-settings.ts';
import { runTool } from './run-tool.ts';
import { textTable } from './text-table.ts';

const TIMEOUT_MS = 15_000;

export interface EventsOptions {
  readonly print: (line: string) => void;
  readonly fetch?: typeof fetch;
}

/**
 * `npm run nimbus:events [-- --json]`: what Nimbus offers to the signed-in account, for settings and routes. True when
 * it did.
 *
 * @throws ConfigurationError when settings stand against it. TransientError or PermanentError when Nimbus does.
 */
export async function events(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { print, fetch: fetchNimbus = fetch }: EventsOptions,
): Promise<boolean> {
  if (args.some((arg) => arg !== '--json')) {
    print('Usage: npm run nimbus:events [-- --json]');
    return false;
  }
  const { baseUrl, signIn } = nimbusSettings(environment);
  const nimbus = createNimbusClient({
    baseUrl,
    credentials: nimbusCredentials(signIn),
    // Nine calls by hand need not wait for the bridge's turn, nor its storage.
    beforeCall: async () => undefined,
    fetch: fetchNimbus,
    clock: Date.now,
    timeoutMs: TIMEOUT_MS,
  });
  const offered = {
    taskEvents: await nimbus.getTaskEvents(),
    schedulerEntryEvents: await nimbus.getSchedulerEntriesEvents(),
    modalities: await nimbus.getTaskModalities(),
    directions: await nimbus.getTaskDirections(),
    services: await nimbus.getServices(),
    schedulerEntryServices: await nimbus.getSchedulerEntryServices(),
    externalTaskServices: await nimbus.getExternalTasksServices(),
    schedulerEntryPriorities: await nimbus.getDistributionPriorities(),
    externalTaskPriorities: await nimbus.getExternalTasksDistributionPriorities(),
  };
  if (args.length > 0) {
    print(JSON.stringify(offered, undefined, 2));
    return true;
  }
  for (const line of [
    ...table('Task events (NIMBUS_TASK_EVENTS)', offered.taskEvents),
    ...table('Scheduler entry events (NIMBUS_SCHEDULER_ENTRY_EVENTS)', offered.schedulerEntryEvents),
    ...table('Modalities (NIMBUS_MODALITIES)', offered.modalities),
    ...table('Directions (NIMBUS_DIRECTIONS)', offered.directions),
    ...block('Services for tasks (NIMBUS_SERVICES)', offered.services),
    ...block('Services for scheduler entries (NIMBUS_SERVICES)', offered.schedulerEntryServices),
    ...block('Services for external tasks', offered.externalTaskServices),
    ...table('Priorities of scheduler entries', offered.schedulerEntryPriorities),
    ...table('Priorities of external tasks', offered.externalTaskPriorities),
  ]) {
    print(line);
  }
  return true;
}

function table(title: string, choices: readonly Choice[]): string[] {
  return block(title, textTable(choices.map(({ value, name }) => ({ value, name }))));
}

function block(title: string, lines: readonly string[]): string[] {
  return [title, ...(lines.length === 0 ? ['(none)'] : lines).map((line) => `  ${line}`), ''];
}

if (process.argv[1] === import.meta.filename) {
  await runTool((environment) => events(process.argv.slice(2), environment, { print: console.log }));
}
