metadata description = 'Registry for the image of the relay.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the registry: letters and digits.')
@minLength(5)
@maxLength(50)
param name string

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    // Private endpoints would need Premium; pushing and pulling need a role in any case.
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    policies: {
      // Off by default for new registries in some clouds, and the Container App signs in this way.
      azureADAuthenticationAsArmPolicy: {
        status: 'enabled'
      }
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the registry.')
output id string = registry.id

@description('Name of the registry.')
output name string = registry.name

@description('Host that images are pulled from.')
output loginServer string = registry.properties.loginServer
