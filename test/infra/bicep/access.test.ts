import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../../infra/tools/bicep/deploy.ts';
import { appFolder } from '../../../infra/tools/build.ts';
import { at, cases, deployments, ofType, only } from './deployments.ts';

describe.each(cases)('%s', (name, deployment) => {
  const isPrivate = ofType(deployment, 'Microsoft.Network/virtualNetworks').length > 0;

  it('takes identities only', () => {
    const account = only(deployment, 'Microsoft.Storage/storageAccounts').body.properties;
    expect(at(account, 'allowSharedKeyAccess')).toBe(false);
    expect(at(only(deployment, 'Microsoft.ServiceBus/namespaces').body, 'properties', 'disableLocalAuth')).toBe(true);
    expect(at(only(deployment, 'Microsoft.Insights/components').body, 'properties', 'DisableLocalAuth')).toBe(true);
    const workspace = only(deployment, 'Microsoft.OperationalInsights/workspaces').body;
    expect(at(workspace, 'properties', 'features', 'disableLocalAuth')).toBe(true);
    expect(at(only(deployment, 'Microsoft.KeyVault/vaults').body, 'properties', 'enableRbacAuthorization')).toBe(true);
    for (const policy of ofType(deployment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies')) {
      expect(policy.body).toEqual({ properties: { allow: false } });
    }
    expect(
      ofType(deployment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies').map(({ name }) => name),
    ).toEqual(['ftp', 'scm']);
    for (const registry of ofType(deployment, 'Microsoft.ContainerRegistry/registries')) {
      expect(at(registry.body, 'properties')).toMatchObject({ adminUserEnabled: false, anonymousPullEnabled: false });
    }
  });

  it('speaks TLS 1.2 or newer', () => {
    const account = only(deployment, 'Microsoft.Storage/storageAccounts').body.properties;
    expect(account).toMatchObject({ minimumTlsVersion: 'TLS1_2', supportsHttpsTrafficOnly: true });
    const namespace = only(deployment, 'Microsoft.ServiceBus/namespaces').body.properties;
    expect(namespace).toMatchObject({ minimumTlsVersion: '1.2' });
    expect(only(deployment, 'Microsoft.Web/sites').body.properties).toMatchObject({
      httpsOnly: true,
      siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled' },
    });
  });

  it('shows nothing to the public but what is meant', () => {
    const account = only(deployment, 'Microsoft.Storage/storageAccounts').body.properties;
    expect(account).toMatchObject({ allowBlobPublicAccess: false, allowCrossTenantReplication: false });
    for (const container of ofType(deployment, 'Microsoft.Storage/storageAccounts/blobServices/containers')) {
      expect(container.body).toEqual({ properties: { publicAccess: 'None' } });
    }
    for (const relay of ofType(deployment, 'Microsoft.App/containerApps')) {
      expect(at(relay.body, 'properties', 'configuration', 'ingress')).toBeUndefined();
    }
    for (const environment of ofType(deployment, 'Microsoft.App/managedEnvironments')) {
      expect(at(environment.body, 'properties', 'publicNetworkAccess')).toBe('Disabled');
    }
    const namespace = only(deployment, 'Microsoft.ServiceBus/namespaces').body;
    expect(at(namespace, 'properties', 'publicNetworkAccess')).toBe(isPrivate ? 'Disabled' : 'Enabled');
    const { properties: vault } = only(deployment, 'Microsoft.KeyVault/vaults').body;
    for (const guarded of [account, vault]) {
      const isOpen = !isPrivate || name === 'all options';
      expect(at(guarded, 'publicNetworkAccess')).toBe(isOpen ? 'Enabled' : 'Disabled');
      expect(at(guarded, 'networkAcls', 'defaultAction')).toBe(isPrivate ? 'Deny' : 'Allow');
    }
  });

  it('keeps what is deleted', () => {
    const vault = only(deployment, 'Microsoft.KeyVault/vaults').body.properties;
    expect(vault).toMatchObject({ enableSoftDelete: true });
    const blobs = only(deployment, 'Microsoft.Storage/storageAccounts/blobServices').body.properties;
    expect(blobs).toMatchObject({ deleteRetentionPolicy: { enabled: true } });
  });
});

describe('a private network', () => {
  const all = deployments['all options'];
  if (all === undefined) throw new Error('missing');

  it('brings Premium with it, because Standard has no private endpoints', () => {
    expect(only(all, 'Microsoft.ServiceBus/namespaces').body.sku).toEqual({
      name: 'Premium',
      tier: 'Premium',
      capacity: 2,
    });
  });

  it('has an endpoint and a name for each service, and only for these', () => {
    const endpoints = ofType(all, 'Microsoft.Network/privateEndpoints').map(({ body }) =>
      at(body, 'properties', 'privateLinkServiceConnections', 0, 'properties', 'groupIds', 0),
    );
    expect(endpoints).toEqual(['namespace', 'blob', 'table', 'vault']);
    const zones = ofType(all, 'Microsoft.Network/privateDnsZones').map(({ name }) => name);
    expect(zones).toEqual([
      'privatelink.servicebus.windows.net',
      'privatelink.blob.core.windows.net',
      'privatelink.table.core.windows.net',
      'privatelink.vaultcore.azure.net',
    ]);
    const named = ofType(all, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups').map(({ body }) =>
      String(at(body, 'properties', 'privateDnsZoneConfigs', 0, 'properties', 'privateDnsZoneId'))
        .split('/')
        .at(-1),
    );
    expect(named).toEqual(zones);
  });

  it('holds the functions and the relay, in subnets that do not overlap', () => {
    const [network] = ofType(all, 'Microsoft.Network/virtualNetworks');
    const subnets = at(network?.body, 'properties', 'subnets');
    expect([0, 1, 2].map((index) => at(subnets, index, 'properties', 'addressPrefix'))).toEqual([
      '10.20.30.0/26',
      '10.20.30.64/26',
      '10.20.30.128/26',
    ]);
    expect(at(only(all, 'Microsoft.Web/sites').body, 'properties', 'virtualNetworkSubnetId')).toBe(
      `${network?.id}/subnets/functions`,
    );
    const environment = only(all, 'Microsoft.App/managedEnvironments').body;
    expect(at(environment, 'properties', 'vnetConfiguration')).toEqual({
      infrastructureSubnetId: `${network?.id}/subnets/relay`,
      internal: true,
    });
  });

  it('lets operators reach vault and storage from their addresses, and nobody else', () => {
    expect(only(all, 'Microsoft.KeyVault/vaults').body.properties).toMatchObject({
      publicNetworkAccess: 'Enabled',
      networkAcls: {
        bypass: 'None',
        defaultAction: 'Deny',
        ipRules: [{ value: '192.0.2.0/24' }, { value: '198.51.100.7/32' }],
      },
    });
    // Storage wants a single address without its length.
    expect(only(all, 'Microsoft.Storage/storageAccounts').body.properties).toMatchObject({
      publicNetworkAccess: 'Enabled',
      networkAcls: {
        bypass: 'None',
        defaultAction: 'Deny',
        ipRules: [
          { value: '192.0.2.0/24', action: 'Allow' },
          { value: '198.51.100.7', action: 'Allow' },
        ],
      },
    });
  });

  it('takes the addresses of operators from the environment in production', () => {
    const prod = deploy(resolve(appFolder, 'infra/prod.bicepparam'), {
      environment: { BRIDGE_PRIVATE_NETWORK: 'true', BRIDGE_OPERATOR_IP_RANGES: '192.0.2.0/24,198.51.100.7' },
    });
    for (const type of ['Microsoft.KeyVault/vaults', 'Microsoft.Storage/storageAccounts']) {
      expect(only(prod, type).body.properties).toMatchObject({
        publicNetworkAccess: 'Enabled',
        networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '192.0.2.0/24' }, { value: '198.51.100.7' }] },
      });
    }
  });
});
