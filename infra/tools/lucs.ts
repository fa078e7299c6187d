import { parseArgs } from 'node:util';
import { callbackResult } from '../../shared/destinations/lucs/callbacks/result.ts';
import { createLucsClient, type LucsClient } from '../../shared/destinations/lucs/client.ts';
import { taskResult } from '../../shared/destinations/lucs/tasks/result.ts';
import { needed, onlySettings } from './only-settings.ts';
import { runTool } from './run-tool.ts';
import { textTable } from './text-table.ts';

const TIMEOUT_MS = 15_000;

const USAGE = `Usage: npm run lucs -- services | tasks | callbacks, with --json for programs
  services                  the services, whose ids routes name
  services --users <id>     the agents of a service
  tasks --service <id>      the external tasks of a service
  callbacks [--state <state>] [--service <id>] [--external-id <id>] [--limit <n>]
                            the callbacks that fit all of these; by default at most 50`;

export interface LucsToolOptions {
  readonly print: (line: string) => void;
  readonly fetch?: typeof fetch;
}

/** Something to print: the whole as JSON, or what fits as a table. */
interface Listing {
  readonly items: readonly unknown[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/**
 * `npm run lucs -- …`: what LUCS has, for whoever writes routes. True when it was shown.
 *
 * @throws ConfigurationError when settings stand against it. TransientError or PermanentError when LUCS does.
 */
export async function lucs(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { print, fetch: fetchLucs = fetch }: LucsToolOptions,
): Promise<boolean> {
  const command = readCommand(args);
  if (command === undefined) {
    print(USAGE);
    return false;
  }
  const settings = needed(
    onlySettings(environment, 'LUCS_').lucs,
    'LUCS_BASE_URL is missing: set it, and LUCS_API_KEY, in local.settings.json or the environment',
  );
  const client = createLucsClient({ ...settings, fetch: fetchLucs, clock: Date.now, timeoutMs: TIMEOUT_MS });
  const { items, rows } = await command.list(client);
  for (const line of command.isJson ? [JSON.stringify(items, undefined, 2)] : textTable(rows)) print(line);
  return true;
}

interface Command {
  readonly isJson: boolean;
  readonly list: (client: LucsClient) => Promise<Listing>;
}

const text = { type: 'string' } as const;

/** Undefined when nothing can be made of the arguments. */
function readCommand([name, ...args]: readonly string[]): Command | undefined {
  try {
    const json = { type: 'boolean', default: false } as const;
    switch (name) {
      case 'services': {
        const { values } = parseArgs({ args, options: { json, users: text } });
        const { users } = values;
        return {
          isJson: values.json,
          list: (client) => (users === undefined ? listServices(client) : listUsers(client, users)),
        };
      }
      case 'tasks': {
        const { values } = parseArgs({ args, options: { json, service: text } });
        const { service } = values;
        if (service === undefined) return undefined;
        return { isJson: values.json, list: (client) => listTasks(client, service) };
      }
      case 'callbacks': {
        const options = { json, state: text, service: text, 'external-id': text, limit: text } as const;
        const { values } = parseArgs({ args, options });
        const { limit = '50' } = values;
        if (!/^[1-9]\d{0,5}$/.test(limit)) return undefined;
        const search = {
          State: values.state,
          ServiceId: values.service,
          ExternalTaskId: values['external-id'],
          Limit: Number(limit),
        };
        return { isJson: values.json, list: (client) => listCallbacks(client, search) };
      }
      default:
        return undefined;
    }
  } catch {
    // Options that do not exist, or lack their value.
    return undefined;
  }
}

async function listServices(client: LucsClient): Promise<Listing> {
  const items = await client.getServices();
  return {
    items,
    rows: items.map(({ Id, DisplayName, SipUri }) => ({ id: Id, name: DisplayName ?? '', sip: SipUri ?? '' })),
  };
}

async function listUsers(client: LucsClient, serviceId: string): Promise<Listing> {
  const items = await client.getServiceUsers(serviceId);
  return {
    items,
    rows: items.map(({ Id, DisplayName, SipUri }) => ({ sip: SipUri ?? '', name: DisplayName ?? '', id: Id ?? '' })),
  };
}

async function listTasks(client: LucsClient, serviceId: string): Promise<Listing> {
  const items = (await client.getServiceTasks(serviceId)).map(taskResult);
  return {
    items,
    rows: items.map(({ taskId, externalTaskId = '', state = '', created = '', customerIdentifier = '', agent }) => ({
      id: taskId,
      externalId: externalTaskId,
      state,
      created,
      customer: customerIdentifier,
      agent: agent?.sipUri ?? agent?.displayName ?? '',
    })),
  };
}

async function listCallbacks(
  client: LucsClient,
  search: Parameters<LucsClient['searchCallbacks']>[0],
): Promise<Listing> {
  const items = (await client.searchCallbacks(search)).slice(0, search.Limit).map(callbackResult);
  return {
    items,
    rows: items.map(({ callbackId, externalTaskId = '', state = '', dueDate = '', target = '', ...rest }) => ({
      id: callbackId,
      externalId: externalTaskId,
      state,
      due: dueDate,
      target,
      priority: rest.priority ?? '',
      service: rest.serviceId ?? rest.serviceSip ?? '',
      tries: rest.retryCount === undefined ? '' : `${rest.retryCount}`,
    })),
  };
}

if (process.argv[1] === import.meta.filename) {
  await runTool((environment) => lucs(process.argv.slice(2), environment, { print: console.log }));
}
