metadata description = 'Key Vault for what vendors ask for: keys and passwords that no identity can replace. Their values are put in by hand, never by this template.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the vault.')
@minLength(3)
@maxLength(24)
param name string

@description('How long a deleted vault or secret can be restored; its name is taken for as long.')
@minValue(7)
@maxValue(90)
param softDeleteRetentionDays int

@description('Whether nobody can destroy a deleted vault or secret before its time. Once on, it stays on.')
param purgeProtection bool

@description('Whether the vault answers on the internet, to callers with a role. Off: private endpoint, and allowedIpRanges.')
param isPublic bool

@description('Addresses of operators who may reach a vault that is not public, in CIDR form.')
param allowedIpRanges string[]

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    // The default is access policies, which can’t be reviewed with the other roles.
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: softDeleteRetentionDays
    // Azure takes true or nothing.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: isPublic || !empty(allowedIpRanges) ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPublic ? 'Allow' : 'Deny'
      ipRules: [for range in allowedIpRanges: {
        value: range
      }]
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the vault.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name
