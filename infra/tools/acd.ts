import { parseArgs } from 'node:util';
import { requireCampaignId } from '../../shared/destinations/acd/campaigns/campaign-argument.ts';
import { toResultCode } from '../../shared/destinations/acd/campaigns/result-code.ts';
import type { LanguageId } from '../../shared/destinations/acd/campaigns/schemas.ts';
import { type AcdClient, createAcdClient } from '../../shared/destinations/acd/client.ts';
import type { AcdKey } from '../../shared/destinations/acd/events/schemas.ts';
import { PermanentError } from '../../shared/errors.ts';
import { needed, onlySettings } from './only-settings.ts';
import { runTool } from './run-tool.ts';
import { textTable } from './text-table.ts';

const TIMEOUT_MS = 15_000;

const USAGE = `Usage: npm run acd -- types | statuses | groups | campaigns | result-codes, with --json for programs
  types       the types of events, whose names routes give
  statuses    the statuses of events
  groups      the groups, whose names or ids routes give
  campaigns   the campaigns of the dialler
  result-codes --campaign <id or name> --language 1|2
              the result codes of a campaign, in English (1) or German (2)`;

export interface AcdToolOptions {
  readonly print: (line: string) => void;
  readonly fetch?: typeof fetch;
}

type Row = Readonly<Record<string, string | number | null>>;

/**
 * `npm run acd -- …`: what jtel ACD has, for whoever writes routes. True when it was shown.
 *
 * @throws ConfigurationError when settings stand against it. TransientError or PermanentError when jtel ACD does.
 */
export async function acd(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  { print, fetch: fetchAcd = fetch }: AcdToolOptions,
): Promise<boolean> {
  const command = readCommand(args);
  if (command === undefined) {
    print(USAGE);
    return false;
  }
  const settings = needed(
    onlySettings(environment, 'ACD_').acd,
    'ACD_BASE_URL is missing: set it, and ACD_TOKEN, in local.settings.json or the environment',
  );
  const rows = await command.list(
    createAcdClient({ ...settings, fetch: fetchAcd, clock: Date.now, timeoutMs: TIMEOUT_MS }),
  );
  for (const line of command.isJson ? [JSON.stringify(rows, undefined, 2)] : textTable(rows.map(asTexts))) print(line);
  return true;
}

interface Command {
  readonly isJson: boolean;
  readonly list: (client: AcdClient) => Promise<readonly Row[]>;
}

const lists: ReadonlyMap<string, Command['list']> = new Map([
  ['types', async (client: AcdClient) => (await client.listEventTypes()).map(keyRow)],
  ['statuses', async (client: AcdClient) => (await client.listEventStatuses()).map(keyRow)],
  ['groups', async (client: AcdClient) => (await client.listGroups()).map(({ ID, Name }) => nameRow(ID, Name))],
  ['campaigns', listCampaigns],
]);

/** Undefined when nothing can be made of the arguments. */
function readCommand([name = '', ...args]: readonly string[]): Command | undefined {
  const json = { type: 'boolean', default: false } as const;
  try {
    if (name === 'result-codes') {
      const options = { json, campaign: { type: 'string' }, language: { type: 'string' } } as const;
      const { campaign, language, json: isJson } = parseArgs({ args, options }).values;
      const languageId = language === '1' ? 1 : language === '2' ? 2 : undefined;
      if (campaign === undefined || campaign === '' || languageId === undefined) return undefined;
      return { isJson, list: (client) => listResultCodes(client, campaign, languageId) };
    }
    const { values } = parseArgs({ args, options: { json } });
    const list = lists.get(name);
    return list && { isJson: values.json, list };
  } catch {
    // Options that do not exist, or lack their value.
    return undefined;
  }
}

async function listCampaigns(client: AcdClient): Promise<readonly Row[]> {
  const campaigns = await client.listCampaigns();
  return campaigns.map(({ ID, Name, LanguagesID }) => ({ ...nameRow(ID, Name), language: LanguagesID ?? null }));
}

/** @throws PermanentError when there is no such campaign */
async function listResultCodes(client: AcdClient, campaign: string, languageId: LanguageId): Promise<readonly Row[]> {
  const campaignId = await requireCampaignId(client, /^[1-9]\d*$/.test(campaign) ? Number(campaign) : campaign);
  const codes = await client.getResultCodes(campaignId, languageId);
  if (codes === undefined) throw new PermanentError('jtel ACD has no campaign with this id');
  return codes.map(toResultCode).map(({ resultCodeId, exportKey, kind, text }) => ({
    id: resultCodeId,
    exportKey,
    kind,
    text,
  }));
}

/** Names as routes give them, without what jtel puts before each, such as `AcdEventTypes.` */
function keyRow({ ID, ShortText }: AcdKey): Row {
  return nameRow(ID, ShortText.replace(/^AcdEvent(?:Types|Status)\./, ''));
}

function nameRow(id: number, name: string | null | undefined): Row {
  return { id, name: name ?? null };
}

function asTexts(row: Row): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, `${value ?? ''}`]));
}

if (process.argv[1] === import.meta.filename) {
  await runTool((environment) => acd(process.argv.slice(2), environment, { print: console.log }));
}
