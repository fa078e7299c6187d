metadata description = 'Storage account: the host’s own blobs, the deployment package, the sign-in to Nimbus, and the tables of the bridge.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Kinds of copies: LRS keeps three in one data centre, ZRS one in each of three zones.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string

@description('Tables that the bridge uses.')
param tableNames string[]

@description('Containers of blobs.')
param containerNames string[]

@description('Which operations on blobs and tables are logged. Each write of the ledger is a row when StorageWrite is among them.')
param loggedOperations ('StorageRead' | 'StorageWrite' | 'StorageDelete')[]

@description('How long deleted blobs can be restored.')
@minValue(1)
@maxValue(365)
param blobRetentionDays int

@description('Whether the account answers on the internet, to callers with a role. Off: private endpoints, and allowedIpRanges.')
param isPublic bool

@description('Addresses of operators who may reach an account that is not public: single ones, or ranges in CIDR form of /30 and larger.')
param allowedIpRanges string[]

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    // These five are on, or laxer, by default.
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    isLocalUserEnabled: false
    defaultToOAuthAuthentication: true
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic || !empty(allowedIpRanges) ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPublic ? 'Allow' : 'Deny'
      // Storage refuses /32, which Key Vault takes.
      ipRules: [for range in allowedIpRanges: {
        value: replace(range, '/32', '')
        action: 'Allow'
      }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: blobRetentionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: blobRetentionDays
    }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for containerName in containerNames: {
  parent: blobs
  name: containerName
  properties: {
    publicAccess: 'None'
  }
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [for tableName in tableNames: {
  parent: tableService
  name: tableName
}]

resource blobDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [for operation in loggedOperations: {
      category: operation
      enabled: true
    }]
  }
}

resource tableDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: tableService
  properties: {
    workspaceId: workspaceId
    logs: [for operation in loggedOperations: {
      category: operation
      enabled: true
    }]
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the blobs, without a slash at its end.')
output blobUri string = 'https://${account.name}.blob.${environment().suffixes.storage}'

@description('Address of the tables, without a slash at its end.')
output tableUri string = 'https://${account.name}.table.${environment().suffixes.storage}'
