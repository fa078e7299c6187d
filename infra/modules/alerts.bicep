metadata description = 'Alerts on what goes wrong, and who is told.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Beginning of the names of the alerts.')
param namePrefix string

@description('Addresses that get a mail. Empty: alerts show in the portal only.')
param emails string[]

@description('Log Analytics workspace with the logs.')
param workspaceId string

@description('Resource id of the Service Bus namespace.')
param serviceBusId string

@description('Queues that functions take deliveries from.')
param deliveryQueueNames string[]

@description('Whether the namespace has processors of its own, which is Premium.')
param hasMessagingUnits bool

@description('Resource id of the function app.')
param functionsId string

@description('Resource id of the relay; empty where there is none.')
param relayId string

@description('Replicas of the relay that should run.')
param relayReplicas int

@description('Messages that may wait in one queue or subscription for a quarter of an hour.')
@minValue(1)
param waitingMessagesLimit int

@description('Deliveries to one destination that may wait for their next try for a quarter of an hour.')
@minValue(1)
param retryingDeliveriesLimit int

@description('How old an event may be while the bridge still works on it, or when it ends, in seconds.')
@minValue(1)
param eventAgeLimitSeconds int

var everyEntity = [
  {
    name: 'EntityName'
    operator: 'Include'
    values: [
      '*'
    ]
  }
]

var busAlerts = [
  {
    name: 'failed'
    description: 'Deliveries were given up and lie in the queue "failed" with their reasons.'
    severity: 2
    metricName: 'ActiveMessages'
    timeAggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: [
      {
        name: 'EntityName'
        operator: 'Include'
        values: [
          'failed'
        ]
      }
    ]
  }
  {
    name: 'dead-letters'
    description: 'A message could not be read, or crashed its function ten times.'
    severity: 1
    metricName: 'DeadletteredMessages'
    timeAggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: everyEntity
  }
  {
    name: 'throttled'
    description: 'Service Bus refuses requests: Standard is at its limit of about 1,000 credits per second, or Premium needs more messaging units.'
    severity: 2
    metricName: 'ThrottledRequests'
    timeAggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: everyEntity
  }
  {
    name: 'bus-errors'
    description: 'Service Bus answers with errors of its own.'
    severity: 2
    metricName: 'ServerErrors'
    timeAggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: everyEntity
  }
  {
    name: 'waiting'
    description: 'Messages wait and do not become fewer: functions stand still, or are too slow.'
    severity: 2
    metricName: 'ActiveMessages'
    timeAggregation: 'Minimum'
    operator: 'GreaterThan'
    threshold: waitingMessagesLimit
    windowSize: 'PT15M'
    dimensions: [
      {
        name: 'EntityName'
        operator: 'Exclude'
        values: [
          'failed'
        ]
      }
    ]
  }
  {
    // What is to be tried again is no active message until its time has come.
    name: 'retrying'
    description: 'Deliveries wait for their next try and do not become fewer: a destination is away.'
    severity: 2
    metricName: 'ScheduledMessages'
    timeAggregation: 'Minimum'
    operator: 'GreaterThan'
    threshold: retryingDeliveriesLimit
    windowSize: 'PT15M'
    dimensions: [
      {
        name: 'EntityName'
        operator: 'Include'
        values: deliveryQueueNames
      }
    ]
  }
]

var premiumAlerts = !hasMessagingUnits ? [] : [
  {
    name: 'bus-processor'
    description: 'Service Bus is busy for a quarter of an hour: add messaging units.'
    severity: 3
    metricName: 'NamespaceCpuUsage'
    timeAggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 70
    windowSize: 'PT15M'
    dimensions: []
  }
]

// Of a stopped revision, or of none at all, no row comes; the log alerts below cover that only in part.
var relayMetricAlerts = empty(relayId) || relayReplicas == 0 ? [] : [
  {
    name: 'relay-replicas'
    description: 'Fewer replicas of the relay run than should.'
    severity: 1
    metricName: 'Replicas'
    timeAggregation: 'Maximum'
    operator: 'LessThan'
    threshold: relayReplicas
    windowSize: 'PT5M'
    dimensions: []
  }
]

var functionAlerts = [
  {
    name: 'http-errors'
    description: 'Webhooks are answered with 5xx: the sender has to come back.'
    severity: 1
    metricName: 'Http5xx'
    timeAggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: []
  }
]

var metricAlerts = concat(map(concat(busAlerts, premiumAlerts), alert => union(alert, {
  scope: serviceBusId
})), map(functionAlerts, alert => union(alert, {
  scope: functionsId
})), map(relayMetricAlerts, alert => union(alert, {
  scope: relayId
})))

// Tables appear with their first row, so those of a relay that is not there yet must not break a query.
var bridgeLogAlerts = [
  {
    name: 'alarm'
    description: 'The bridge raised an alarm, such as nimbus-silent or nimbus-sign-in. The line says what to do.'
    severity: 1
    query: 'union isfuzzy=true (AppTraces | project TimeGenerated, Line = Message), (ContainerAppConsoleLogs | project TimeGenerated, Line = Log) | where Line has "alarm name=" | extend Alarm = extract("alarm name=([a-z0-9-]+)", 1, Line)'
    measureColumn: null
    timeAggregation: 'Count'
    threshold: 0
    windowSize: 'PT15M'
    dimensions: [
      {
        name: 'Alarm'
        operator: 'Include'
        values: [
          '*'
        ]
      }
    ]
  }
  {
    name: 'event-age'
    description: 'An event is older than it may be and a delivery of it has just ended, or is still to be tried again.'
    severity: 2
    query: 'AppTraces | where Message startswith "delivery " | extend AgeMs = extract(" eventAgeMs=([0-9]+)", 1, Message, typeof(long)) | where isnotnull(AgeMs) | project TimeGenerated, AgeSeconds = AgeMs / 1000.0'
    measureColumn: 'AgeSeconds'
    timeAggregation: 'Maximum'
    threshold: eventAgeLimitSeconds
    windowSize: 'PT15M'
    dimensions: []
  }
]

var relayLogAlerts = empty(relayId) ? [] : [
  {
    name: 'relay-gap'
    description: 'The relay lost its connection to Enreach, or events: there is a gap.'
    severity: 2
    query: 'union isfuzzy=true (ContainerAppConsoleLogs | project TimeGenerated, Line = Log) | where Line has_any ("RTE hub disconnected", "name=rte-gap", "events are lost")'
    measureColumn: null
    timeAggregation: 'Count'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: []
  }
  {
    name: 'relay-not-ready'
    description: 'The relay does not get ready: a probe fails, its container crashes, or the hub takes no connection.'
    severity: 1
    query: 'union isfuzzy=true (ContainerAppSystemLogs | where Reason in ("ProbeFailed", "ReplicaUnhealthy", "ContainerCrashing", "ContainerBackOff") | project TimeGenerated, Line = Log), (ContainerAppConsoleLogs | where Log has "RTE hub not connected" | project TimeGenerated, Line = Log)'
    measureColumn: null
    timeAggregation: 'Count'
    threshold: 0
    windowSize: 'PT5M'
    dimensions: []
  }
]

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${namePrefix}-mail'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'bridge'
    enabled: true
    emailReceivers: [for (email, index) in emails: {
      name: 'mail-${index}'
      emailAddress: email
      useCommonAlertSchema: true
    }]
  }
}

resource metricRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in metricAlerts: {
  name: '${namePrefix}-${alert.name}'
  location: 'global'
  tags: tags
  properties: {
    description: alert.description
    severity: alert.severity
    enabled: true
    scopes: [
      alert.scope
    ]
    evaluationFrequency: 'PT5M'
    windowSize: alert.windowSize
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: alert.name
          metricName: alert.metricName
          timeAggregation: alert.timeAggregation
          operator: alert.operator
          threshold: alert.threshold
          dimensions: alert.dimensions
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}]

resource logRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in concat(bridgeLogAlerts, relayLogAlerts): {
  name: '${namePrefix}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${namePrefix}-${alert.name}'
    description: alert.description
    severity: alert.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: alert.windowSize
    criteria: {
      allOf: [
        {
          query: alert.query
          metricMeasureColumn: alert.measureColumn
          timeAggregation: alert.timeAggregation
          operator: 'GreaterThan'
          threshold: alert.threshold
          dimensions: alert.dimensions
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    // The tables do not exist before the first log line.
    skipQueryValidation: true
    autoMitigate: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}]
