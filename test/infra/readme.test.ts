import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSettings } from '../../infra/local/host/local-settings.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { nimbusAndStorageSettings } from '../../infra/tools/nimbus-settings.ts';

const read = (file: string) => readFileSync(resolve(appFolder, file), 'utf8');
const readme = read('infra/README.md');

describe('infra/README.md', () => {
  it('names every variable that the parameters files read', () => {
    const [, table = ''] = /^\| variable \| is \|\n([\s\S]*?)\n\n/m.exec(readme) ?? [];
    const named = [...table.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name);
    const files = ['infra/dev.bicepparam', 'infra/prod.bicepparam'].map(read).join('\n');
    const variables = [...files.matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(([, name]) => name);
    expect(named.sort()).toEqual([...new Set(variables)].sort());
  });

  it('names the operator where secrets are to be put in', () => {
    const sections = readme.split(/^## /m);
    for (const heading of ['With three commands', 'With `az`']) {
      const section = sections.find((text) => text.startsWith(heading));
      expect(section).toContain('AZURE_PRINCIPAL_ID');
      expect(section).toContain('BRIDGE_OPERATOR_GROUP_ID');
    }
  });

  it('asks for outputs that the template has', () => {
    const asked = [...readme.matchAll(/azd env get-value (\w+)/g)].map(([, name]) => name);
    expect(asked).toEqual(expect.arrayContaining(['BRIDGE_KEY_VAULT', 'BRIDGE_TABLES', 'BRIDGE_NIMBUS_SIGN_IN']));
    for (const name of asked) expect(read('infra/main.bicep')).toContain(`output ${name} string`);
  });

  it('lets commands work for a deployment, whatever the settings of the machine name', () => {
    const [, exports = ''] = /az login\n([\s\S]*?)```/.exec(readme) ?? [];
    const exported = Object.fromEntries(
      [...exports.matchAll(/(\w+)=(\$\([^)]*\)|<[^>]*>)?/g)].map(([, name = '', value = '']) => [
        name,
        standInFor(value, name),
      ]),
    );
    const ofMachine = {
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      NIMBUS_BASE_URL: 'http://127.0.0.1:7101',
      NIMBUS_TOKEN: 'for a simulator',
    };
    const { storage, nimbus } = nimbusAndStorageSettings(withSettings(exported, ofMachine));
    expect(storage).toEqual({ tableServiceUri: 'https://BRIDGE_TABLES.example.com', clientId: undefined });
    expect(nimbus).toMatchObject({
      baseUrl: 'https://NIMBUS_BASE_URL.example.com',
      signIn: { tokenCache: 'https://BRIDGE_NIMBUS_SIGN_IN.example.com' },
    });
  });
});

/** What stands in for an output or for what the reader puts in. */
function standInFor(written: string, name: string): string {
  const [, output] = /get-value (\w+)/.exec(written) ?? [];
  if (written === '') return '';
  return output === undefined && /_ID$/.test(name)
    ? '11111111-1111-1111-1111-111111111111'
    : `https://${output ?? name}.example.com`;
}
