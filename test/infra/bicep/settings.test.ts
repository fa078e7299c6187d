import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBicep } from '../../../infra/tools/bicep/parse.ts';
import type { TypeExpression } from '../../../infra/tools/bicep/syntax-tree.ts';
import { isList } from '../../../infra/tools/bicep/values.ts';
import { appFolder } from '../../../infra/tools/build.ts';
import { loadConfig, settingNames } from '../../../shared/config.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import * as z from '../../../shared/zod.ts';
import { asRecord, at, cases, deployments, ofType, only } from './deployments.ts';

const main = parseBicep(readFileSync(resolve(appFolder, 'infra/main.bicep'), 'utf8'), 'infra/main.bicep');

/** Members of an object type, or the values of a union. */
function namesOf(typeName: string): string[] {
  const statement = main.find((each) => each.kind === 'type' && each.name === typeName);
  const type: TypeExpression | undefined = statement?.kind === 'type' ? statement.type : undefined;
  if (type?.kind === 'members') return type.members.map(({ name }) => name);
  if (type?.kind === 'union') {
    return type.members.map((member) => (member.kind === 'literal' ? String(member.value) : ''));
  }
  throw new Error(`no type ${typeName}`);
}

/** Read by the Functions host, or by the Azure SDK. */
const HOST_SETTINGS = [
  'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'AZURE_CLIENT_ID',
  'AzureWebJobsStorage__blobServiceUri',
  'AzureWebJobsStorage__credential',
  'ServiceBus__credential',
];

/** Set by the templates themselves. */
const GIVEN = [
  'AzureWebJobsStorage__clientId',
  'AzureWebJobsStorage__tableServiceUri',
  'ServiceBus__clientId',
  'ServiceBus__fullyQualifiedNamespace',
];

/** Other ways to reach what is reached by identity here. */
const NOT_IN_AZURE = ['AzureWebJobsStorage', 'AzureWebJobsStorage__accountName', 'ServiceBus'];

const known = new Set(settingNames);

/** With a text in the place of what comes from Key Vault. */
function asTexts(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value ?? 'a secret')]));
}

/** Settings without which the app does not start, whatever it is used for. */
function neededForStart(): string[] {
  try {
    loadConfig({});
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems.map((problem) => problem.split(' ')[0] ?? '');
    throw error;
  }
  throw new Error('expected problems');
}

it('can be given: every setting of the bridge, and no other', () => {
  const settable = ['BridgeSettings', 'SecretSetting', 'RelaySettings', 'RelaySecretSetting'].flatMap(namesOf);
  const relayOwn = ['RELAY_MODE', 'RELAY_SPOOL_FOLDER', 'RELAY_STATUS_PORT'];
  expect([...settable, ...GIVEN, ...NOT_IN_AZURE, ...relayOwn].sort()).toEqual([...known].sort());
});

it('names the same settings as the README', () => {
  const readme = readFileSync(resolve(appFolder, 'README.md'), 'utf8');
  const table = /^\| setting \| default \| meaning \|\n([\s\S]*?)\n\n/m.exec(readme)?.[1] ?? '';
  const cells = table
    .split('\n')
    .slice(1)
    .map((row) => row.split('|')[1] ?? '');
  const inReadme = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(inReadme.sort()).toEqual([...known].sort());
});

it('has in the sample of local.settings.json what a start needs, and no setting that there is not', () => {
  const sample = z.parse(
    z.looseObject({ Values: z.record(z.string(), z.string()) }),
    JSON.parse(readFileSync(resolve(appFolder, 'local.settings.sample.json'), 'utf8')),
  );
  const { FUNCTIONS_WORKER_RUNTIME, ...values } = sample.Values;
  // The worker's runtime is a setting of the host, which has it from the plan in Azure.
  expect(FUNCTIONS_WORKER_RUNTIME).toBe('node');
  expect(Object.keys(values).filter((name) => !known.has(name))).toEqual([]);
  expect(Object.keys(values)).toEqual(expect.arrayContaining([...neededForStart(), 'BRIDGE_ROUTES', 'BRIDGE_LANES']));
  const { BRIDGE_ROUTES, BRIDGE_LANES, ...others } = values;
  const { routesFile, lanes } = loadConfig(others);
  expect({ BRIDGE_ROUTES, BRIDGE_LANES }).toEqual({ BRIDGE_ROUTES: routesFile, BRIDGE_LANES: String(lanes) });
});

it('has every secret among the secrets, and no secret among the rest', () => {
  const isSecret = (name: string) => /(KEY|TOKEN|SECRET|PASSWORD)$/.test(name);
  expect([...namesOf('SecretSetting'), ...namesOf('RelaySecretSetting')].filter((name) => !isSecret(name))).toEqual([]);
  expect([...namesOf('BridgeSettings'), ...namesOf('RelaySettings')].filter(isSecret)).toEqual([]);
});

describe.each(cases)('%s', (_name, deployment) => {
  it('sets what the functions read', () => {
    const app = only(deployment, 'Microsoft.Web/sites');
    const settings = asRecord(at(app.body, 'properties', 'siteConfig', 'appSettings'));
    const names = Object.keys(settings);
    expect(names.filter((name) => !known.has(name) && !HOST_SETTINGS.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining([...HOST_SETTINGS, ...GIVEN]));
    expect(Object.values(settings).filter((value) => typeof value !== 'string' || value === '')).toEqual([]);
    expect(() => loadConfig(asTexts(settings))).not.toThrow();
    expect(settings.ServiceBus__fullyQualifiedNamespace).toMatch(/^sb-\w+\.servicebus\.windows\.net$/);
    expect(settings.AzureWebJobsStorage__tableServiceUri).toMatch(/^https:\/\/st\w+\.table\.core\.windows\.net$/);
  });

  it('sets what the relay reads', () => {
    for (const relay of ofType(deployment, 'Microsoft.App/containerApps')) {
      const env = at(relay.body, 'properties', 'template', 'containers', 0, 'env');
      const names = (isList(env) ? env : []).map((each) => String(at(each, 'name')));
      expect(names.filter((name) => !known.has(name))).toEqual([]);
      expect(names).toEqual(
        expect.arrayContaining([...GIVEN, 'RELAY_MODE', 'RELAY_STATUS_PORT', 'RELAY_SPOOL_FOLDER']),
      );
      expect(new Set(names).size).toBe(names.length);
      expect(() => loadConfig(asTexts(asRecord(env)))).not.toThrow();
    }
  });
});

describe('settings that follow from what is deployed', () => {
  const settingsOf = (name: string) => {
    const deployment = deployments[name];
    if (deployment === undefined) throw new Error('missing');
    return asRecord(at(only(deployment, 'Microsoft.Web/sites').body, 'properties', 'siteConfig', 'appSettings'));
  };

  it('keep the sign-in to Nimbus in a blob, and register webhooks with the app itself', () => {
    const settings = settingsOf('all options');
    expect(settings.NIMBUS_TOKEN_CACHE).toMatch(
      /^https:\/\/\w+\.blob\.core\.windows\.net\/nimbus-sign-in\/sign-in\.json$/,
    );
    expect(settings.NIMBUS_CALLBACK_URL).toMatch(/^https:\/\/func-\w+\.azurewebsites\.net\/api\/nimbus$/);
  });

  it('sign in to Dataverse as the app, where there is no secret', () => {
    const settings = settingsOf('all options');
    expect(settings.CRM_CLIENT_ID).toBe(settings.AZURE_CLIENT_ID);
  });

  it('stay away where their vendor has no settings', () => {
    const vendors = Object.keys(settingsOf('dev')).filter((name) => /^(NIMBUS|LUCS|ACD|CRM)_/.test(name));
    expect(vendors).toEqual([]);
  });

  it('give functions and relay the same lanes', () => {
    const all = deployments['all options'];
    if (all === undefined) throw new Error('missing');
    const env = at(only(all, 'Microsoft.App/containerApps').body, 'properties', 'template', 'containers', 0, 'env');
    expect(asRecord(env).BRIDGE_LANES).toBe('64');
    expect(settingsOf('all options').BRIDGE_LANES).toBe('64');
  });
});
