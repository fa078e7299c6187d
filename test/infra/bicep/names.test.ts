import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../../infra/tools/bicep/deploy.ts';
import { appFolder } from '../../../infra/tools/build.ts';
import { cases, deployments } from './deployments.ts';

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const rules: Readonly<Record<string, RegExp>> = {
  'Microsoft.App/containerApps': /^[a-z](?!.*--)[a-z0-9-]{0,30}[a-z0-9]$/,
  'Microsoft.App/managedEnvironments': /^[a-z][a-z0-9-]{0,58}[a-z0-9]$/,
  'Microsoft.Authorization/roleAssignments': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'Microsoft.ContainerRegistry/registries': /^[a-z0-9]{5,50}$/,
  'Microsoft.Insights/actionGroups': /^[\w-]{1,260}$/,
  'Microsoft.Insights/components': /^[\w-]{1,255}$/,
  'Microsoft.Insights/diagnosticSettings': /^[\w-]{1,260}$/,
  'Microsoft.Insights/metricAlerts': /^[\w-]{1,260}$/,
  'Microsoft.Insights/scheduledQueryRules': /^[\w-]{1,260}$/,
  'Microsoft.Insights/workbooks': /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  'Microsoft.KeyVault/vaults': /^[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]$/,
  'Microsoft.ManagedIdentity/userAssignedIdentities': /^[a-z0-9][\w-]{2,127}$/,
  'Microsoft.Network/natGateways': /^[a-z0-9][\w.-]{0,78}\w$/,
  'Microsoft.Network/privateDnsZones': /^[a-z0-9.]{1,63}$/,
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': /^[a-z0-9][\w.-]{0,78}\w$/,
  'Microsoft.Network/privateEndpoints': /^[a-z0-9][\w.-]{0,62}\w$/,
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': /^default$/,
  'Microsoft.Network/publicIPAddresses': /^[a-z0-9][\w.-]{0,78}\w$/,
  'Microsoft.Network/virtualNetworks': /^[a-z0-9][\w.-]{0,62}\w$/,
  'Microsoft.OperationalInsights/workspaces': /^[a-z0-9][a-z0-9-]{2,61}[a-z0-9]$/,
  'Microsoft.ServiceBus/namespaces': /^[a-z](?!.*--)(?!.*(-|-sb|-mgmt)$)[a-z0-9-]{4,48}[a-z0-9]$/,
  'Microsoft.ServiceBus/namespaces/queues': /^[a-z0-9][\w./-]{0,258}[a-z0-9]$/,
  'Microsoft.ServiceBus/namespaces/topics': /^[a-z0-9][\w./-]{0,258}[a-z0-9]$/,
  'Microsoft.ServiceBus/namespaces/topics/subscriptions': /^[a-z0-9][\w.-]{0,48}[a-z0-9]$/,
  'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules': /^[a-z0-9][\w.-]{0,48}[a-z0-9]$/,
  'Microsoft.Storage/storageAccounts': /^[a-z0-9]{3,24}$/,
  'Microsoft.Storage/storageAccounts/blobServices': /^default$/,
  'Microsoft.Storage/storageAccounts/blobServices/containers': /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/,
  'Microsoft.Storage/storageAccounts/tableServices': /^default$/,
  'Microsoft.Storage/storageAccounts/tableServices/tables': /^[a-z][a-z0-9]{2,62}$/,
  'Microsoft.Web/serverfarms': /^[a-z0-9-]{1,60}$/,
  'Microsoft.Web/sites': /^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/,
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': /^(ftp|scm)$/,
};

function wrongNames(resources: readonly { type: string; name: string }[]): string[] {
  return resources.filter(({ type, name }) => !rules[type]?.test(name)).map(({ type, name }) => `${type}: ${name}`);
}

const everyOption = resolve(appFolder, 'test/fixtures/infra/all-options.bicepparam');

describe('names', () => {
  it.each(cases)('keep to the rules of Azure: %s', (_name, { resources }) => {
    expect(wrongNames(resources)).toEqual([]);
  });

  it('keep to them whatever the environment and the resource group are called', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme-ascii' }),
        fc.stringMatching(/^[\w().-]{0,88}[\w()-]$/),
        (environmentName, resourceGroup) => {
          const { resources } = deploy(everyOption, { parameters: { environmentName }, resourceGroup });
          return wrongNames(resources).length === 0;
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are the same at every deployment', () => {
    expect(deploy(everyOption)).toEqual(deployments['all options']);
  });

  it('are others for another environment and another resource group', () => {
    const accountOf = (options: Parameters<typeof deploy>[1]) =>
      deploy(everyOption, options).resources.find(({ type }) => type === 'Microsoft.Storage/storageAccounts')?.name;
    const names = [
      accountOf({}),
      accountOf({ parameters: { environmentName: 'other' } }),
      accountOf({ resourceGroup: 'rg-other' }),
    ];
    expect(new Set(names).size).toBe(3);
  });

  it.each(cases)('are not given twice: %s', (_name, { resources }) => {
    const ids = resources.map(({ id }) => id.toLowerCase());
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('refuse an environment without a name', () => {
    expect(() => deploy(everyOption, { parameters: { environmentName: '' } })).toThrow(
      /environmentName: minLength is 1/,
    );
  });
});
