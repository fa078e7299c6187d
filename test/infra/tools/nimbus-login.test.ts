import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { login } from '../../../infra/tools/nimbus-login.ts';
import { nimbusTokens } from '../../../shared/auth/nimbus-tokens.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import { fakeFetch, type PlannedAnswer } from '../../helpers/fake-fetch.ts';
import { AUTHORITY, SECRET_TEXTS, SimulatedEntra, TENANT } from '../../helpers/simulated-entra.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nimbus-login-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const settings = () => ({
  NIMBUS_BASE_URL: 'https://nimbus.example/',
  NIMBUS_TENANT_ID: TENANT,
  NIMBUS_CLIENT_ID: 'client-1',
  NIMBUS_TOKEN_CACHE: join(folder, 'sign-in.json'),
});

async function logIn(answer: PlannedAnswer, environment: Readonly<Record<string, string>> = settings()) {
  const lines: string[] = [];
  const nimbus = fakeFetch(answer);
  const entra = new SimulatedEntra({ pendingPolls: 1 });
  const print = (line: string) => void lines.push(line);
  const isUsable = await login(environment, { print, network: entra.network, fetch: nimbus.fetch });
  return { isUsable, lines, nimbus, entra };
}

describe('login', () => {
  it('prints where to enter the code, keeps the sign-in, and tries it', async () => {
    const { isUsable, lines, nimbus } = await logIn({ status: 200 });
    expect(lines).toEqual([
      'Open https://microsoft.com/devicelogin in a browser and enter the code ABCD-EFGH within 15 minutes.',
      `Signed in as bridge@contoso.example. The sign-in is kept in ${join(folder, 'sign-in.json')}.`,
      'https://nimbus.example/ takes the sign-in (200): the bridge can call Nimbus.',
    ]);
    expect(isUsable).toBe(true);
    const { method, url, headers } = nimbus.only();
    expect([method, url.href]).toEqual(['GET', 'https://nimbus.example/v1/diagnostics/testconnection']);
    expect(headers).toMatchObject({ authorization: 'Bearer token-1' });
    // Windows knows no modes: who may read follows from the folder.
    if (process.platform !== 'win32') {
      expect(((await stat(join(folder, 'sign-in.json'))).mode & 0o777).toString(8)).toBe('600');
    }
  });

  it('leaves a sign-in that the bridge goes on with', async () => {
    const { entra } = await logIn({ status: 200 });
    const tokens = nimbusTokens(
      {
        kind: 'delegated',
        authority: AUTHORITY,
        clientId: 'client-1',
        scope: '23694b6c-5a4a-45ce-9c6a-37c5f1880d4e/.default',
        tokenCache: join(folder, 'sign-in.json'),
      },
      { network: entra.network },
    );
    expect([await tokens({ renew: false }), await tokens({ renew: true })]).toEqual(['token-1', 'token-2']);
    expect(await readFile(join(folder, 'sign-in.json'), 'utf8')).toContain('refresh-2');
  });

  it.each<[string, PlannedAnswer, RegExp]>([
    ['401', { status: 401 }, /does not take the token \(401\): check NIMBUS_SCOPE/],
    ['403', { status: 403, json: { message: 'SECRET' } }, /lets it do nothing \(403\): give it a role in Nimbus/],
    ['504', { status: 504 }, /answered 504 to the test, which says nothing about the sign-in/],
    ['no answer', new TypeError('fetch failed'), /could not be reached: check NIMBUS_BASE_URL/],
  ])('says in words what %s means', async (_what, answer, words) => {
    const { isUsable, lines } = await logIn(answer);
    expect(isUsable).toBe(false);
    expect(lines.at(-1)).toMatch(words);
    expect(lines.join('\n')).not.toMatch(SECRET_TEXTS);
  });

  it('signs in with the settings', async () => {
    const { entra } = await logIn({ status: 200 }, { ...settings(), NIMBUS_SCOPE: 'api://other/.default' });
    const asked = entra.asked.find(({ url }) => url.includes('/devicecode'));
    expect(asked?.url).toContain(`${AUTHORITY}/oauth2/v2.0/devicecode`);
    expect(asked?.form).toMatchObject({
      client_id: 'client-1',
      scope: expect.stringContaining('api://other/.default'),
    });
  });

  it.each([
    ['no base URL', {}, /NIMBUS_BASE_URL is missing/],
    [
      'no client',
      { NIMBUS_BASE_URL: 'https://nimbus.example', NIMBUS_TENANT_ID: TENANT },
      /NIMBUS_CLIENT_ID is missing/,
    ],
    ['a fixed token', { NIMBUS_BASE_URL: 'https://nimbus.example', NIMBUS_TOKEN: 'token-9' }, /NIMBUS_TOKEN is set/],
  ])('asks nobody to sign in with %s', async (_what, environment, words) => {
    const failure = await logIn({ status: 200 }, environment).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(words);
    expect(String(failure)).not.toMatch(SECRET_TEXTS);
  });
});

describe('npm run nimbus:login', () => {
  it('ends with exit code 1 and one clear message when a setting is wrong', async () => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', resolve(import.meta.dirname, '../../../infra/tools/nimbus-login.ts')],
      { env: { ...process.env, NIMBUS_BASE_URL: 'nowhere' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const exit = new Promise((done) => child.once('exit', done));
    const errors = await text(child.stderr);
    expect(await exit).toBe(1);
    expect(errors).toMatch(/^Settings are wrong or missing:\n {2}- NIMBUS_BASE_URL: /);
    expect(errors).not.toContain(' at ');
  });
});
