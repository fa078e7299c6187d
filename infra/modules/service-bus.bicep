metadata description = 'Service Bus namespace with the entities of shared/bus/entities.json.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Standard is billed by operation and ends at about 1,000 credits per second; Premium is billed by messaging unit and hour.')
@allowed(['Standard', 'Premium'])
param sku string

@description('Messaging units; Premium only.')
@allowed([1, 2, 4, 8, 16])
param capacity int

@description('Whether the namespace answers on the internet. Off needs Premium and a private endpoint.')
param isPublic bool

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

var entities = loadJsonContent('../../shared/bus/entities.json')

// Azure's default is 1 GB: a destination that is away for a day could fill it. 5 GB is the most that Standard offers, and the size is not billed.
var roomForBacklog = {
  maxSizeInMegabytes: 5120
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku
    tier: sku
    capacity: sku == 'Premium' ? capacity : null
  }
  properties: {
    // By default connection strings work beside identities.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }
}

// One after the other: the namespace refuses many changes at once.
@batchSize(1)
resource queues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [for queue in entities.queues: {
  parent: namespace
  name: queue.name
  properties: union(roomForBacklog, toObject(filter(items(queue), option => option.key != 'name'), option => option.key, option => option.value))
}]

@batchSize(1)
resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [for topic in entities.topics: {
  parent: namespace
  name: topic.name
  properties: union(roomForBacklog, toObject(filter(items(topic), option => option.key != 'name' && option.key != 'subscriptions'), option => option.key, option => option.value))
}]

module subscriptions 'service-bus-subscriptions.bicep' = [for topic in entities.topics: {
  name: 'subscriptions-of-${topic.name}'
  params: {
    namespaceName: namespace.name
    topicName: topic.name
    subscriptions: topic.subscriptions
  }
  dependsOn: [
    topics
  ]
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: namespace
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

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Name of the namespace.')
output name string = namespace.name

@description('Host that clients connect to.')
output fullyQualifiedNamespace string = '${namespace.name}.servicebus.windows.net'
