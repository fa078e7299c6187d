import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { acd } from '../../../infra/tools/acd.ts';
import { ConfigurationError, PermanentError, TransientError } from '../../../shared/errors.ts';
import { fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';

const settings = { ACD_BASE_URL: 'https://acd.example/rest/v1.0/7', ACD_TOKEN: 'token-1', CRM_BASE_URL: 'nonsense' };

async function print(args: readonly string[], ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const lines: string[] = [];
  const isFine = await acd(args, settings, { print: (line) => lines.push(line), fetch: net.fetch });
  return { isFine, text: lines.join('\n'), net };
}

const records = (...items: unknown[]) => ({ json: { records: items, count: items.length, status: 200 } });

const types = records({ ShortText: 'AcdEventTypes.Callback', ID: 3 }, { ShortText: 'Own', ID: 12 });
const campaigns = records({ ID: 538, Name: 'Renewals Q1', LanguagesID: 2 }, { ID: 1 });
const codes = records(
  { ID: 3101, Content: 'Keine Rufnummer', ExportKey: 'NO_NUMBER', bAborted: 1 },
  { ID: 7, Content: 'Own\u001b[2J' },
);

describe('npm run acd', () => {
  it.each<[string, PlannedAnswer, string, string[]]>([
    ['types', types, '/acd/events/types', ['id  name', '3   Callback', '12  Own']],
    ['statuses', records({ ShortText: 'AcdEventStatus.New', ID: 20 }), '/acd/events/status', ['id  name', '20  New']],
    ['groups', records({ Name: 'Service Desk', ID: 42 }), '/acd/groups', ['id  name', '42  Service Desk']],
    ['campaigns', campaigns, '/dialler/campaigns', ['id   name         language', '538  Renewals Q1  2', '1']],
    ['groups', records(), '/acd/groups', ['(none)']],
  ])('%s prints a table', async (command, answer, path, table) => {
    const { isFine, text, net } = await print([command], answer);
    expect(isFine).toBe(true);
    expect(text).toBe(table.join('\n'));
    expect(net.only().url.pathname).toBe(`/rest/v1.0/7${path}`);
    expect(net.only().headers).toMatchObject({ authorization: 'Bearer token-1' });
  });

  it('result-codes prints those of a campaign, by its id', async () => {
    const { text, net } = await print(['result-codes', '--campaign', '538', '--language', '2'], codes);
    expect(text.split('\n')).toEqual([
      'id    exportKey  kind     text',
      '3101  NO_NUMBER  aborted  Keine Rufnummer',
      '7                         Own [2J',
    ]);
    expect(net.only().url.pathname + net.only().url.search).toBe(
      '/rest/v1.0/7/dialler/campaigns/campaign/538/resultCodes?languagesID=2',
    );
  });

  it('result-codes prints those of a campaign, by its exact name', async () => {
    const args = ['result-codes', '--campaign', 'Renewals Q1', '--language', '1'];
    const { net } = await print(args, campaigns, codes);
    expect(net.requests.map(({ url }) => url.search)).toEqual(['?name=Renewals%20Q1', '?languagesID=1']);
    await expect(print(args, records({ ID: 2, Name: 'Renewals Q10' }))).rejects.toThrow(
      'jtel ACD has no campaign of exactly this name; similar are "Renewals Q10"',
    );
  });

  it('result-codes says that there is no such campaign', async () => {
    const answer = { status: 404, json: { status: 404, error: 'x' } };
    const call = print(['result-codes', '--campaign', '1', '--language', '1'], answer);
    await expect(call).rejects.toThrow(new PermanentError('jtel ACD has no campaign with this id'));
  });

  it('prints the same as JSON', async () => {
    expect(JSON.parse((await print(['types', '--json'], types)).text)).toEqual([
      { id: 3, name: 'Callback' },
      { id: 12, name: 'Own' },
    ]);
    const resultCodes = ['result-codes', '--campaign', '538', '--language', '2', '--json'];
    expect(JSON.parse((await print(resultCodes, codes)).text)).toEqual([
      { id: 3101, exportKey: 'NO_NUMBER', kind: 'aborted', text: 'Keine Rufnummer' },
      { id: 7, exportKey: null, kind: null, text: 'Own\u001b[2J' },
    ]);
  });

  it.each([
    [],
    ['type'],
    ['--json'],
    ['types', '--yaml'],
    ['types', 'groups'],
    ['types', '--campaign', '1'],
    ['result-codes'],
    ['result-codes', '--campaign', '1'],
    ['result-codes', '--language', '1'],
    ['result-codes', '--campaign', '1', '--language', '3'],
    ['result-codes', '--campaign', '', '--language', '1'],
    ['result-codes', '--language', '1', '--campaign'],
  ])('explains itself when it is called with %j', async (...args) => {
    const { isFine, text, net } = await print(args);
    expect(isFine).toBe(false);
    expect(text).toMatch(/^Usage: npm run acd -- types \| statuses \| groups \| campaigns \| result-codes/);
    expect(net.requests).toEqual([]);
  });

  it('fails as the client does', async () => {
    await expect(print(['groups'], { status: 503 })).rejects.toBeInstanceOf(TransientError);
    await expect(print(['groups'], { status: 404 })).rejects.toThrow('no such route: check ACD_BASE_URL');
  });

  it('wants the settings of jtel ACD, and no others', async () => {
    await expect(acd(['types'], {}, { print: () => undefined })).rejects.toThrow(
      new ConfigurationError('Settings are wrong or missing', [
        'ACD_BASE_URL is missing: set it, and ACD_TOKEN, in local.settings.json or the environment',
      ]),
    );
  });

  it('ends with exit code 1 and one clear message when something is wrong', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve(import.meta.dirname, '../../../infra/tools/acd.ts'), 'types'],
      { env: { ...process.env, ...settings, ACD_TIME_ZONE: 'Atlantis' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const exit = new Promise((done) => child.once('exit', done));
    const errors = await text(child.stderr);
    expect(await exit).toBe(1);
    expect(errors).toBe(
      'Settings are wrong or missing:\n  - ACD_TIME_ZONE: expected a time zone, such as Europe/Berlin\n',
    );
  });
});
