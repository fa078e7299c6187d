metadata description = 'A user-assigned managed identity: who a part of the bridge is when it calls Azure, without key or password.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the identity.')
@minLength(3)
@maxLength(128)
param name string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('Client id, which programs sign in with.')
output clientId string = identity.properties.clientId

@description('Object id, which role assignments name.')
output principalId string = identity.properties.principalId
