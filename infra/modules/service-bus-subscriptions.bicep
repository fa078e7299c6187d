metadata description = 'The subscriptions of one topic, with their rules.'

@description('Name of the namespace.')
param namespaceName string

@description('Name of the topic.')
param topicName string

@description('Subscriptions as shared/bus/entities.json describes them.')
param subscriptions array

// A loop inside a loop: one row for each rule of each subscription.
var rules = flatten(map(range(0, length(subscriptions)), index => map(subscriptions[index].rules, rule => {
  subscriptionIndex: index
  rule: rule
})))

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = {
  parent: namespace
  name: topicName
}

@batchSize(1)
resource topicSubscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [for subscription in subscriptions: {
  parent: topic
  name: subscription.name
  properties: toObject(filter(items(subscription), option => option.key != 'name' && option.key != 'rules'), option => option.key, option => option.value)
}]

@batchSize(1)
resource subscriptionRules 'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules@2024-01-01' = [for row in rules: {
  parent: topicSubscriptions[row.subscriptionIndex]
  name: row.rule.name
  properties: toObject(filter(items(row.rule), option => option.key != 'name'), option => option.key, option => option.value)
}]
