import { describe, expect, it } from 'vitest';
import { isList } from '../../../infra/tools/bicep/values.ts';
import { asRecord, at, cases, deployments, everyProperty, ofType, only } from './deployments.ts';

const SECRET_NAME = /KEY$|TOKEN$|SECRET$|PASSWORD$/;

describe.each(cases)('%s', (_name, deployment) => {
  it('has no key, password or connection string anywhere', () => {
    const found = deployment.resources
      .flatMap((each) => everyProperty(each.body).map((property) => ({ ...property, type: each.type })))
      .filter(({ name, value }) => /key$|password|connectionString/i.test(name) && typeof value === 'string')
      .map(({ type, path }) => `${type}${path}`);
    expect(found).toEqual([]);
  });

  it('gives out no secret', () => {
    const values = Object.entries(deployment.outputs).map(([name, value]) => `${name}=${String(value)}`);
    expect(values.filter((each) => /key=|secret=|password|SharedAccess|InstrumentationKey/i.test(each))).toEqual([]);
    expect(Object.keys(deployment.outputs).filter((name) => SECRET_NAME.test(name))).toEqual([]);
  });

  it('refers to Key Vault for every secret setting of the functions', () => {
    const app = only(deployment, 'Microsoft.Web/sites');
    const settings = asRecord(at(app.body, 'properties', 'siteConfig', 'appSettings'));
    for (const [name, value] of Object.entries(settings)) {
      if (!SECRET_NAME.test(name)) continue;
      const secret = name.toLowerCase().replaceAll('_', '-');
      expect(value).toMatch(
        new RegExp(`^@Microsoft\\.KeyVault\\(SecretUri=https://kv-\\w+\\.vault\\.azure\\.net/secrets/${secret}\\)$`),
      );
    }
    expect(at(app.body, 'properties', 'keyVaultReferenceIdentity')).toMatch(/userAssignedIdentities\/id-functions-/);
  });

  it('refers to Key Vault for every secret of the relay', () => {
    for (const relay of ofType(deployment, 'Microsoft.App/containerApps')) {
      const secrets = at(relay.body, 'properties', 'configuration', 'secrets');
      for (const secret of isList(secrets) ? secrets : []) {
        expect(at(secret, 'value')).toBeUndefined();
        expect(at(secret, 'keyVaultUrl')).toMatch(/^https:\/\/kv-\w+\.vault\.azure\.net\/secrets\/[a-z-]+$/);
        expect(at(secret, 'identity')).toMatch(/userAssignedIdentities\/id-relay-/);
      }
      const env = at(relay.body, 'properties', 'template', 'containers', 0, 'env');
      const inTheOpen = (isList(env) ? env : []).filter(
        (each) => SECRET_NAME.test(String(at(each, 'name'))) && at(each, 'secretRef') === undefined,
      );
      expect(inTheOpen).toEqual([]);
    }
  });
});

it('has the secrets that are asked for', () => {
  const all = deployments['all options'];
  if (all === undefined) throw new Error('missing');
  const settings = asRecord(at(only(all, 'Microsoft.Web/sites').body, 'properties', 'siteConfig', 'appSettings'));
  expect(Object.keys(settings)).toEqual(expect.arrayContaining(['ACD_TOKEN', 'LUCS_API_KEY', 'NIMBUS_CALLBACK_KEY']));
  const relay = only(all, 'Microsoft.App/containerApps');
  expect(at(relay.body, 'properties', 'configuration', 'secrets', 0, 'name')).toBe('enreach-secret-key');
});
