metadata name = 'Nimbus Event Bridge'
metadata description = 'Everything that the bridge needs in Azure, in one resource group, with managed identities only.'

targetScope = 'resourceGroup'

@description('Name of the environment, such as dev or prod; it makes the names of the resources unique.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region. Flex Consumption must be offered there.')
param location string = resourceGroup().location

@description('More tags for every resource.')
param tags object = {}

// --- Service Bus ---

@description('Standard is billed by operation and ends at about 1,000 credits per second; Premium is billed by messaging unit and hour, and keeps latencies even.')
param serviceBusSku 'Standard' | 'Premium' = 'Standard'

@description('Messaging units; Premium only.')
param serviceBusCapacity 1 | 2 | 4 | 8 | 16 = 1

// --- Functions ---

@description('Memory of an instance of the function app.')
param instanceMemoryMB 512 | 2048 | 4096 = 2048

@description('Most instances that each scale group may have: the HTTP functions together, and every other function by itself.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that are always there and so have no cold start. Empty: everything scales to zero.')
param alwaysReady AlwaysReady[] = []

@description('Settings of the bridge by their names, as README.md explains them. No secrets: those are named in secretSettings.')
param settings BridgeSettings = {}

@description('Settings whose values are secrets in Key Vault. The secret is named like the setting, in lower case with dashes: ACD_TOKEN is acd-token.')
param secretSettings SecretSetting[] = []

// --- Relay ---

@description('The relay, which brings the events of Enreach RTE. Null: no relay, no Container Apps environment, no registry.')
param relay Relay?

@description('Settings of the relay by their names.')
param relaySettings RelaySettings = {}

@description('Settings of the relay whose values are secrets in Key Vault.')
param relaySecretSettings RelaySecretSetting[] = []

// --- Reliability and network ---

@description('Whether what can be is spread over the zones of the region.')
param zoneRedundant bool = false

@description('Whether Service Bus, storage and Key Vault are reached over private endpoints only, and calls to vendors leave from one fixed address. Brings Premium with it, whatever serviceBusSku says.')
param privateNetwork bool = false

@description('Addresses of the virtual network in CIDR form, at least a /24.')
param addressPrefix string = '10.90.0.0/24'

// --- Who operates the bridge ---

@description('Object id of a person or, better, a group who may put in secrets, sign in to Nimbus, and look at and replay deliveries. Empty: nobody.')
param operatorPrincipalId string = ''

@description('What the operator is.')
param operatorPrincipalType 'User' | 'Group' | 'ServicePrincipal' = 'User'

@description('Addresses from which operators reach the Key Vault and the storage of a private network: single ones, or ranges in CIDR form of /30 and larger.')
param operatorIpRanges string[] = []

// --- Logs, alerts, retention ---

@description('How long logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('After so many GB in a day no more logs are taken until the next day; -1: no limit.')
@minValue(-1)
param logDailyCapGb int = -1

@description('Which operations on blobs and tables are logged. With StorageWrite, each write of the ledger is a row.')
param loggedStorageOperations ('StorageRead' | 'StorageWrite' | 'StorageDelete')[] = ['StorageDelete']

@description('Addresses that alerts are mailed to.')
param alertEmails string[] = []

@description('Messages that may wait in one queue or subscription for a quarter of an hour before there is an alert.')
@minValue(1)
param waitingMessagesLimit int = 100

@description('Deliveries to one destination that may wait for their next try for a quarter of an hour before there is an alert.')
@minValue(1)
param retryingDeliveriesLimit int = 10

@description('How old an event may be while the bridge still works on it, or when it ends, before there is an alert, in seconds.')
@minValue(1)
param eventAgeLimitSeconds int = 300

@description('How long deleted secrets and blobs can be restored.')
@minValue(7)
@maxValue(90)
param softDeleteRetentionDays int = 90

@description('Whether nobody can destroy a deleted Key Vault before its time. Once on, it stays on.')
param purgeProtection bool = true

// --- Types ---

@description('Instances that never go away.')
type AlwaysReady = {
  @description('Scale group: http for all webhooks, or function: and the name of a function.')
  name: 'http' | 'function:route-events' | 'function:deliver-acd' | 'function:deliver-crm' | 'function:deliver-lucs' | 'function:deliver-nimbus'

  @description('Number of instances.')
  @minValue(1)
  instanceCount: int
}

@description('How the relay runs.')
type Relay = {
  @description('single: one replica, a restart is a gap. standby: two, of which one sends. pair: two, and both send; Service Bus drops the copies.')
  mode: 'single' | 'standby' | 'pair'

  @description('Image; empty until the first one has been pushed.')
  image: string

  @description('Processor cores of a replica.')
  cpu: '0.25' | '0.5' | '1.0'

  @description('Memory of a replica; Container Apps wants 2 Gi for each core.')
  memory: '0.5Gi' | '1.0Gi' | '2.0Gi'
}

@description('What the function app can be told. Values are text, as environment variables are.')
@sealed()
type BridgeSettings = {
  BRIDGE_ROUTES: string?
  BRIDGE_ROUTE_SETTINGS: string?
  BRIDGE_UNSET_DESTINATIONS: string?
  BRIDGE_LANES: string?
  BRIDGE_MAX_BODY_BYTES: string?
  BRIDGE_CALL_TIMEOUT_MS: string?
  BRIDGE_RETRY_BASE_MS: string?
  BRIDGE_RETRY_MAX_AGE_HOURS: string?
  NIMBUS_BASE_URL: string?
  NIMBUS_TENANT_ID: string?
  NIMBUS_CLIENT_ID: string?
  NIMBUS_AUTHORITY: string?
  NIMBUS_SCOPE: string?
  NIMBUS_TOKEN_CACHE: string?
  NIMBUS_CALLS_PER_MINUTE: string?
  NIMBUS_CALLBACK_URL: string?
  NIMBUS_SERVICES: string?
  NIMBUS_TASK_EVENTS: string?
  NIMBUS_SCHEDULER_ENTRY_EVENTS: string?
  NIMBUS_MODALITIES: string?
  NIMBUS_DIRECTIONS: string?
  NIMBUS_QUIET_MINUTES: string?
  NIMBUS_BUSINESS_HOURS: string?
  LUCS_BASE_URL: string?
  LUCS_AUTH_HEADER: string?
  LUCS_AUTH_PREFIX: string?
  LUCS_PATHS: string?
  LUCS_RONA_PARAMETER: string?
  LUCS_ESTABLISHED_STATES: string?
  LUCS_LONG_DESCRIPTION: string?
  ACD_BASE_URL: string?
  ACD_TIME_ZONE: string?
  ACD_PHONE_FORMAT: string?
  ACD_PATHS: string?
  CRM_KIND: string?
  CRM_BASE_URL: string?
  CRM_TENANT_ID: string?
  CRM_CLIENT_ID: string?
}

@description('Secrets that the function app may need.')
type SecretSetting = 'NIMBUS_CALLBACK_KEY' | 'NIMBUS_TOKEN' | 'LUCS_API_KEY' | 'ACD_TOKEN' | 'CRM_CLIENT_SECRET' | 'CRM_TOKEN'

@description('What the relay can be told.')
@sealed()
type RelaySettings = {
  ENREACH_DISCOVERY_URL: string?
  ENREACH_USERNAME: string?
  RTE_SUBSCRIPTIONS: string?
  RELAY_BUFFER_BYTES: string?
  RELAY_SPOOL_MAX_BYTES: string?
}

@description('Secrets that the relay may need; one of them is enough.')
type RelaySecretSetting = 'ENREACH_SECRET_KEY' | 'ENREACH_PASSWORD'

// --- Names ---

// The same at every deployment, and another one for every resource group and environment.
var token = uniqueString(resourceGroup().id, environmentName)

var names = {
  functionsIdentity: 'id-functions-${token}'
  relayIdentity: 'id-relay-${token}'
  workspace: 'log-${token}'
  applicationInsights: 'appi-${token}'
  serviceBus: 'sb-${token}'
  storage: 'st${token}'
  keyVault: 'kv-${token}'
  plan: 'plan-${token}'
  functions: 'func-${token}'
  registry: 'cr${token}'
  containerEnvironment: 'cae-${token}'
  relay: 'relay-${token}'
  network: 'vnet-${token}'
  alerts: 'bridge-${token}'
}

var allTags = union(tags, {
  application: 'nimbus-event-bridge'
  'azd-env-name': environmentName
})

var keyVaultUri = 'https://${names.keyVault}${environment().suffixes.keyvaultDns}'
var packageContainer = 'app-package'
var signInContainer = 'nimbus-sign-in'

// Queues that a function takes deliveries from, one for each destination.
var deliveryQueueNames = [
  'deliver-acd'
  'deliver-crm'
  'deliver-lucs'
  'deliver-nimbus'
]

// What connectTable(…) names; made here because the relay may not make tables.
var tableNames = [
  'callbudgets'
  'ledger'
  'nimbussilence'
  'nimbustriggers'
  'relays'
  'sightings'
]

var serviceBusSkuInForce = privateNetwork ? 'Premium' : serviceBusSku
var relaysAgree = relay != null && relay.?mode != 'single'

var zoneNames = {
  serviceBus: 'privatelink.servicebus.windows.net'
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  keyVault: 'privatelink.vaultcore.azure.net'
}

// --- Settings that follow from what is deployed; those in settings win ---

var signInBlob = '${storage.outputs.blobUri}/${signInContainer}/sign-in.json'

var nimbusDefaults = !contains(settings, 'NIMBUS_BASE_URL') ? {} : {
  NIMBUS_TOKEN_CACHE: signInBlob
}

// With a key for callbacks, the bridge registers its own webhooks with Nimbus.
var callbackDefaults = !contains(secretSettings, 'NIMBUS_CALLBACK_KEY') ? {} : {
  NIMBUS_CALLBACK_URL: 'https://${names.functions}.azurewebsites.net/api/nimbus'
}

// Without a secret, the identity of the function app signs in to Dataverse.
var crmDefaults = !contains(settings, 'CRM_BASE_URL') || contains(secretSettings, 'CRM_CLIENT_SECRET') ? {} : {
  CRM_CLIENT_ID: functionsIdentity.outputs.clientId
}

var relayLanes = !contains(settings, 'BRIDGE_LANES') ? {} : {
  // Functions and relay must agree on the lanes, or events of one subject lose their order.
  BRIDGE_LANES: settings.?BRIDGE_LANES
}

// --- Modules ---

module functionsIdentity 'modules/identity.bicep' = {
  name: 'functions-identity'
  params: {
    location: location
    tags: allTags
    name: names.functionsIdentity
  }
}

module relayIdentity 'modules/identity.bicep' = if (relay != null) {
  name: 'relay-identity'
  params: {
    location: location
    tags: allTags
    name: names.relayIdentity
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: allTags
    workspaceName: names.workspace
    applicationInsightsName: names.applicationInsights
    retentionInDays: logRetentionDays
    dailyCapGb: logDailyCapGb
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  params: {
    location: location
    tags: allTags
    name: names.serviceBus
    sku: serviceBusSkuInForce
    capacity: serviceBusCapacity
    isPublic: !privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    tags: allTags
    name: names.storage
    sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    tableNames: tableNames
    containerNames: [
      packageContainer
      signInContainer
    ]
    loggedOperations: loggedStorageOperations
    blobRetentionDays: softDeleteRetentionDays
    isPublic: !privateNetwork
    allowedIpRanges: operatorIpRanges
    workspaceId: monitoring.outputs.workspaceId
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    location: location
    tags: allTags
    name: names.keyVault
    softDeleteRetentionDays: softDeleteRetentionDays
    purgeProtection: purgeProtection
    isPublic: !privateNetwork
    allowedIpRanges: operatorIpRanges
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    location: location
    tags: allTags
    name: names.network
    addressPrefix: addressPrefix
    zoneNames: [
      zoneNames.serviceBus
      zoneNames.blob
      zoneNames.table
      zoneNames.keyVault
    ]
    workspaceId: monitoring.outputs.workspaceId
  }
}

module privateEndpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  name: 'private-endpoints'
  params: {
    location: location
    tags: allTags
    subnetId: network.?outputs.endpointsSubnetId ?? ''
    endpoints: [
      {
        name: 'pe-service-bus-${token}'
        targetId: serviceBus.outputs.id
        groupId: 'namespace'
        zoneName: zoneNames.serviceBus
      }
      {
        name: 'pe-blob-${token}'
        targetId: storage.outputs.id
        groupId: 'blob'
        zoneName: zoneNames.blob
      }
      {
        name: 'pe-table-${token}'
        targetId: storage.outputs.id
        groupId: 'table'
        zoneName: zoneNames.table
      }
      {
        name: 'pe-key-vault-${token}'
        targetId: keyVault.outputs.id
        groupId: 'vault'
        zoneName: zoneNames.keyVault
      }
    ]
  }
}

module registry 'modules/container-registry.bicep' = if (relay != null) {
  name: 'container-registry'
  params: {
    location: location
    tags: allTags
    name: names.registry
    workspaceId: monitoring.outputs.workspaceId
  }
}

module rbac 'modules/rbac.bicep' = {
  name: 'rbac'
  params: {
    functionsPrincipalId: functionsIdentity.outputs.principalId
    relayPrincipalId: relayIdentity.?outputs.principalId ?? ''
    relaysAgree: relaysAgree
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    serviceBusName: serviceBus.outputs.name
    deliveryQueueNames: deliveryQueueNames
    storageAccountName: storage.outputs.name
    signInContainer: signInContainer
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    registryName: registry.?outputs.name ?? names.registry
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  params: {
    location: location
    tags: allTags
    planName: names.plan
    appName: names.functions
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    zoneRedundant: zoneRedundant
    identityId: functionsIdentity.outputs.id
    identityClientId: functionsIdentity.outputs.clientId
    blobUri: storage.outputs.blobUri
    tableUri: storage.outputs.tableUri
    packageContainer: packageContainer
    serviceBusHost: serviceBus.outputs.fullyQualifiedNamespace
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    settings: union(nimbusDefaults, callbackDefaults, crmDefaults, settings)
    vaultUris: toObject(secretSettings, name => name, name => '${keyVaultUri}/secrets/${toLower(replace(name, '_', '-'))}')
    subnetId: network.?outputs.functionsSubnetId ?? ''
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [
    // The app reads its package and its secrets when it starts.
    rbac
    privateEndpoints
  ]
}

module containerApps 'modules/container-apps.bicep' = if (relay != null) {
  name: 'container-apps'
  params: {
    location: location
    tags: allTags
    environmentName: names.containerEnvironment
    relayName: names.relay
    image: relay.?image ?? ''
    mode: relay.?mode ?? 'single'
    cpu: relay.?cpu ?? '0.25'
    memory: relay.?memory ?? '0.5Gi'
    identityId: relayIdentity.?outputs.id ?? ''
    registryServer: registry.?outputs.loginServer ?? ''
    settings: union(relaySettings, relayLanes, {
      ServiceBus__fullyQualifiedNamespace: serviceBus.outputs.fullyQualifiedNamespace
      ServiceBus__clientId: relayIdentity.?outputs.clientId ?? ''
      AzureWebJobsStorage__tableServiceUri: storage.outputs.tableUri
      AzureWebJobsStorage__clientId: relayIdentity.?outputs.clientId ?? ''
    })
    vaultUris: toObject(relaySecretSettings, name => name, name => '${keyVaultUri}/secrets/${toLower(replace(name, '_', '-'))}')
    zoneRedundant: zoneRedundant
    subnetId: network.?outputs.relaySubnetId ?? ''
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [
    // The image is pulled and secrets are read when it starts.
    rbac
    privateEndpoints
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: allTags
    namePrefix: names.alerts
    emails: alertEmails
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    deliveryQueueNames: deliveryQueueNames
    hasMessagingUnits: serviceBusSkuInForce == 'Premium'
    functionsId: functions.outputs.id
    relayId: containerApps.?outputs.relayId ?? ''
    relayReplicas: containerApps.?outputs.replicas ?? 0
    waitingMessagesLimit: waitingMessagesLimit
    retryingDeliveriesLimit: retryingDeliveriesLimit
    eventAgeLimitSeconds: eventAgeLimitSeconds
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
  }
}

// --- Outputs; azd keeps them as environment variables ---

@description('Region of the deployment.')
output AZURE_LOCATION string = location

@description('Name of the function app.')
output SERVICE_API_NAME string = functions.outputs.name

@description('Name of the relay; empty where there is none.')
output SERVICE_RELAY_NAME string = containerApps.?outputs.relayName ?? ''

@description('Registry that the image of the relay is pushed to; empty where there is none.')
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.?outputs.loginServer ?? ''

@description('Address of the webhooks, without their last part: tasks or scheduler-entries.')
output BRIDGE_WEBHOOK_URL string = 'https://${functions.outputs.host}/api/nimbus'

@description('Key Vault that the secrets of vendors are put in.')
output BRIDGE_KEY_VAULT string = keyVault.outputs.name

@description('Address of the tables: AzureWebJobsStorage__tableServiceUri of commands that are run at a desk.')
output BRIDGE_TABLES string = storage.outputs.tableUri

@description('Where the sign-in to Nimbus is kept: NIMBUS_TOKEN_CACHE of commands that are run at a desk.')
output BRIDGE_NIMBUS_SIGN_IN string = signInBlob

@description('Host of Service Bus.')
output BRIDGE_SERVICE_BUS string = serviceBus.outputs.fullyQualifiedNamespace

@description('The address that vendors see calls from; empty without a private network.')
output BRIDGE_OUTBOUND_ADDRESS string = network.?outputs.outboundAddress ?? ''
