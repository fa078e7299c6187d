metadata description = 'Every role assignment. Each is on the smallest thing that it is needed for.'

@description('Object id of the identity of the function app.')
param functionsPrincipalId string

@description('Object id of the identity of the relay; empty where there is no relay.')
param relayPrincipalId string

@description('Whether relays agree with each other over a table.')
param relaysAgree bool

@description('Object id of who operates the bridge; empty: nobody.')
param operatorPrincipalId string

@description('What the operator is.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string

@description('Name of the Service Bus namespace.')
param serviceBusName string

@description('Queues that functions take deliveries from; the router’s subscription comes on top.')
param deliveryQueueNames string[]

@description('Name of the storage account.')
param storageAccountName string

@description('Container of the sign-in to Nimbus.')
param signInContainer string

@description('Name of the Key Vault.')
param keyVaultName string

@description('Name of Application Insights.')
param applicationInsightsName string

@description('Name of the container registry, which is there when the relay is.')
param registryName string

var roles = {
  serviceBusDataSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39' // Azure Service Bus Data Sender
  serviceBusDataReceiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0' // Azure Service Bus Data Receiver
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher
  keyVaultSecretsUser: '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
  keyVaultSecretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' // Key Vault Secrets Officer
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d' // AcrPull
}

// A queue that no function takes messages from is none that anybody sends to, but for what was given up.
var queueNames = concat(deliveryQueueNames, [
  'failed'
])

// What the commands of infra/tools connect to: npm run nimbus:triggers.
var operatorTableNames = [
  'callbudgets'
  'nimbustriggers'
]

var hasRelay = !empty(relayPrincipalId)
var hasOperator = !empty(operatorPrincipalId)

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource eventsTopic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = {
  parent: namespace
  name: 'events'
}

resource routerSubscription 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' existing = {
  parent: eventsTopic
  name: 'router'
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [for queueName in queueNames: {
  parent: namespace
  name: queueName
}]

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: storageAccount
  name: 'default'
}

resource signIn 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = {
  parent: blobs
  name: signInContainer
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: storageAccount
  name: 'default'
}

resource operatorTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [for tableName in operatorTableNames: {
  parent: tables
  name: tableName
}]

resource relaysTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = {
  parent: tables
  name: 'relays'
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: keyVaultName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = if (hasRelay) {
  name: registryName
}

// --- The functions ---

resource functionsSendEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(eventsTopic.id, functionsPrincipalId, roles.serviceBusDataSender)
  scope: eventsTopic
  properties: {
    description: 'Functions put received webhooks on the topic.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource functionsRoute 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(routerSubscription.id, functionsPrincipalId, roles.serviceBusDataReceiver)
  scope: routerSubscription
  properties: {
    description: 'route-events takes events.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}

resource functionsSendDeliveries 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queueName, index) in queueNames: {
  name: guid(queues[index].id, functionsPrincipalId, roles.serviceBusDataSender)
  scope: queues[index]
  properties: {
    description: 'Functions send to ${queueName}: first and later steps, later tries, and what was given up.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}]

resource functionsDeliver 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queueName, index) in deliveryQueueNames: {
  name: guid(queues[index].id, functionsPrincipalId, roles.serviceBusDataReceiver)
  scope: queues[index]
  properties: {
    description: 'The function ${queueName} takes deliveries.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}]

resource functionsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storageAccount.id, functionsPrincipalId, roles.storageBlobDataOwner)
  scope: storageAccount
  properties: {
    description: 'The Functions host keeps its keys, leases and package there, and the bridge the sign-in to Nimbus. The host asks for Owner.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)
  }
}

resource functionsTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storageAccount.id, functionsPrincipalId, roles.storageTableDataContributor)
  scope: storageAccount
  properties: {
    description: 'Ledger and the other tables; the Functions host makes tables of its own for diagnostic events.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
  }
}

resource functionsTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, functionsPrincipalId, roles.monitoringMetricsPublisher)
  scope: applicationInsights
  properties: {
    description: 'The Functions host writes telemetry.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
  }
}

resource functionsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, functionsPrincipalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    description: 'App settings refer to secrets of vendors.'
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

// --- The relay ---

resource relaySendsEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasRelay) {
  name: guid(eventsTopic.id, relayPrincipalId, roles.serviceBusDataSender)
  scope: eventsTopic
  properties: {
    description: 'The relay puts events of Enreach on the topic.'
    principalId: relayPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}

resource relayAgrees 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasRelay && relaysAgree) {
  name: guid(relaysTable.id, relayPrincipalId, roles.storageTableDataContributor)
  scope: relaysTable
  properties: {
    description: 'Two relays agree on what they send.'
    principalId: relayPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
  }
}

resource relaySecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasRelay) {
  name: guid(vault.id, relayPrincipalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    description: 'The relay signs in to Enreach with a secret.'
    principalId: relayPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
  }
}

resource relayImage 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasRelay) {
  name: guid(registryName, relayPrincipalId, roles.acrPull)
  scope: registry
  properties: {
    description: 'Container Apps pulls the image of the relay.'
    principalId: relayPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}

// --- Who operates the bridge ---

resource operatorSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasOperator) {
  name: guid(vault.id, operatorPrincipalId, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    description: 'The operator puts in the secrets of vendors.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
  }
}

resource operatorSignsIn 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasOperator) {
  name: guid(signIn.id, operatorPrincipalId, roles.storageBlobDataContributor)
  scope: signIn
  properties: {
    description: 'npm run nimbus:login keeps the sign-in there.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
  }
}

resource operatorKeepsTriggers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (tableName, index) in operatorTableNames: if (hasOperator) {
  name: guid(operatorTables[index].id, operatorPrincipalId, roles.storageTableDataContributor)
  scope: operatorTables[index]
  properties: {
    description: 'npm run nimbus:triggers reads and writes ${tableName}.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
  }
}]

resource operatorReadsQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queueName, index) in queueNames: if (hasOperator) {
  name: guid(queues[index].id, operatorPrincipalId, roles.serviceBusDataReceiver)
  scope: queues[index]
  properties: {
    description: 'The operator looks at ${queueName} and its dead letters.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}]

resource operatorReplays 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queueName, index) in queueNames: if (hasOperator) {
  name: guid(queues[index].id, operatorPrincipalId, roles.serviceBusDataSender)
  scope: queues[index]
  properties: {
    description: 'The operator sends a delivery to ${queueName} again.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
  }
}]

resource operatorReadsRouter 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (hasOperator) {
  name: guid(routerSubscription.id, operatorPrincipalId, roles.serviceBusDataReceiver)
  scope: routerSubscription
  properties: {
    description: 'The operator looks at the dead letters of the router.'
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
  }
}
