metadata description = 'Function app on Flex Consumption.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the plan.')
@minLength(1)
@maxLength(60)
param planName string

@description('Name of the app.')
@minLength(2)
@maxLength(60)
param appName string

@description('Memory of an instance. More memory brings more processor with it; the price per second follows the memory.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances that each scale group may have: the HTTP functions together, and every other function by itself.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that never go away, by scale group. They have no cold start, and are paid for even when idle.')
param alwaysReady array

@description('Whether instances are spread over zones.')
param zoneRedundant bool

@description('Resource id of the identity that the app runs under.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Address of the blobs of the storage account.')
param blobUri string

@description('Address of the tables of the storage account.')
param tableUri string

@description('Container that deployments put the package in.')
param packageContainer string

@description('Host of Service Bus.')
param serviceBusHost string

@description('Where telemetry goes.')
param applicationInsightsConnectionString string

@description('Settings of the bridge by their names.')
param settings object

@description('Settings whose values are secrets, each with the address of its secret in Key Vault.')
param vaultUris object

@description('Subnet of the app; empty: without a virtual network.')
param subnetId string

@description('Log Analytics workspace that takes the metrics.')
param workspaceId string

var hostSettings = {
  AzureWebJobsStorage__blobServiceUri: blobUri
  AzureWebJobsStorage__tableServiceUri: tableUri
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  ServiceBus__fullyQualifiedNamespace: serviceBusHost
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // Which identity DefaultAzureCredential takes; without it a user-assigned one is not found.
  AZURE_CLIENT_ID: identityClientId
}

var secretReferences = toObject(items(vaultUris), secret => secret.key, secret => '@Microsoft.KeyVault(SecretUri=${secret.value})')

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    // Linux.
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  tags: union(tags, {
    'azd-service-name': 'api'
  })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // Webhooks come from the internet; every function but the health check asks for a key.
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobUri}/${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'node'
        version: '24'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      appSettings: map(items(union(settings, secretReferences, hostSettings)), setting => {
        name: setting.key
        value: setting.value
      })
    }
  }
}

// User name and password for deployments, on by default; deployments sign in with Entra instead.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noDeploymentPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: app
  properties: {
    workspaceId: workspaceId
    // Metrics only: its logs are in the same workspace already, by way of Application Insights, and would be paid for twice.
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the app.')
output id string = app.id

@description('Name of the app.')
output name string = app.name

@description('Host that webhooks are sent to.')
output host string = app.properties.defaultHostName
