metadata description = 'Container Apps environment with the relay, which keeps the connection to the RTE hub of Enreach.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the environment.')
@minLength(2)
@maxLength(60)
param environmentName string

@description('Name of the relay’s Container App.')
@minLength(2)
@maxLength(32)
param relayName string

@description('Image of the relay. Empty: a stand-in that is never started, until an image has been pushed.')
param image string

@description('single: one replica. standby: two, of which one sends. pair: two, and both send; Service Bus drops the copies.')
@allowed(['single', 'standby', 'pair'])
param mode string

@description('Processor cores of a replica, such as 0.25.')
param cpu string

@description('Memory of a replica, such as 0.5Gi.')
param memory string

@description('Resource id of the identity that the relay runs under.')
param identityId string

@description('Host of the registry that the image is pulled from.')
param registryServer string

@description('Settings of the relay by their names.')
param settings object

@description('Settings whose values are secrets, each with the address of its secret in Key Vault.')
param vaultUris object

@description('Whether replicas are spread over zones. Needs a subnet.')
param zoneRedundant bool

@description('Subnet of the environment; empty: without a virtual network.')
param subnetId string

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

// The value of RELAY_STATUS_PORT, and the port that the probes ask.
var statusPort = 8080

// Fast and local: what the relay could not send yet.
var spoolFolder = '/var/spool/relay'

var hasImage = !empty(image)
var replicas = !hasImage ? 0 : (mode == 'single' ? 1 : 2)

// The stand-in gets no secrets: Container Apps refuses one that is not in the vault yet.
var secretsInForce = hasImage ? vaultUris : {}

// A replica with a quarter of a core has 1 GiB of disk for everything.
var spoolLimit = {
  RELAY_SPOOL_MAX_BYTES: '805306368'
}

var allSettings = union(spoolLimit, settings, {
  RELAY_MODE: mode
  RELAY_STATUS_PORT: string(statusPort)
  RELAY_SPOOL_FOLDER: spoolFolder
})

// Three failures, ten seconds apart, restart the container; sixty seconds may pass until it is ready.
var probes = [
  {
    type: 'Startup'
    httpGet: {
      path: '/healthz'
      port: statusPort
    }
    failureThreshold: 60
    periodSeconds: 1
    timeoutSeconds: 1
    initialDelaySeconds: 0
  }
  {
    type: 'Liveness'
    httpGet: {
      path: '/healthz'
      port: statusPort
    }
    failureThreshold: 3
    periodSeconds: 10
    timeoutSeconds: 5
    initialDelaySeconds: 10
  }
  {
    type: 'Readiness'
    httpGet: {
      path: '/readyz'
      port: statusPort
    }
    failureThreshold: 60
    periodSeconds: 1
    timeoutSeconds: 1
    initialDelaySeconds: 5
  }
]

resource containerEnvironment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: environmentName
  location: location
  tags: tags
  properties: {
    // Log Analytics as the destination would need the key of the workspace; this way a diagnostic setting carries the logs.
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
    zoneRedundant: zoneRedundant && !empty(subnetId)
    vnetConfiguration: empty(subnetId) ? null : {
      infrastructureSubnetId: subnetId
      internal: true
    }
    // Nothing here listens for the outside.
    publicNetworkAccess: 'Disabled'
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource relay 'Microsoft.App/containerApps@2025-07-01' = {
  name: relayName
  location: location
  tags: union(tags, {
    'azd-service-name': 'relay'
  })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      // No ingress: the relay only connects outwards.
      activeRevisionsMode: 'Single'
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [for secret in items(secretsInForce): {
        name: toLower(replace(secret.key, '_', '-'))
        keyVaultUrl: secret.value
        identity: identityId
      }]
    }
    template: {
      // Time to unsubscribe and to send what is in memory; the relay takes at most ten seconds.
      terminationGracePeriodSeconds: 30
      containers: [
        {
          name: 'relay'
          image: hasImage ? image : 'mcr.microsoft.com/k8se/quickstart:latest'
          resources: {
            cpu: json(cpu)
            memory: memory
          }
          env: concat(map(items(allSettings), setting => {
            name: setting.key
            value: setting.value
          }), map(items(secretsInForce), secret => {
            name: secret.key
            secretRef: toLower(replace(secret.key, '_', '-'))
          }))
          probes: hasImage ? probes : []
          volumeMounts: [
            {
              volumeName: 'spool'
              mountPath: spoolFolder
            }
          ]
        }
      ]
      volumes: [
        {
          // Lives as long as the replica, over restarts of its container. A share that outlives it would need a storage key.
          name: 'spool'
          storageType: 'EmptyDir'
        }
      ]
      scale: {
        minReplicas: replicas
        maxReplicas: max(replicas, 1)
      }
    }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: containerEnvironment
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

@description('Resource id of the relay.')
output relayId string = relay.id

@description('Name of the relay.')
output relayName string = relay.name

@description('Replicas that run all the time.')
output replicas int = replicas
