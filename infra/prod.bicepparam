using './main.bicep'

// For production: no cold start where somebody waits, zones, two relays, alerts by mail.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

// A group that stays when people go.
param operatorPrincipalId = readEnvironmentVariable('BRIDGE_OPERATOR_GROUP_ID', '')
param operatorPrincipalType = 'Group'

param serviceBusSku = 'Premium'
param serviceBusCapacity = 1

param maximumInstanceCount = 100
// Two of each, because one alone would go with its zone.
param alwaysReady = [
  {
    name: 'http'
    instanceCount: 2
  }
  {
    name: 'function:route-events'
    instanceCount: 2
  }
  {
    name: 'function:deliver-nimbus'
    instanceCount: 2
  }
]

param zoneRedundant = true

// Private endpoints, and one fixed address outwards that vendors can allow.
param privateNetwork = readEnvironmentVariable('BRIDGE_PRIVATE_NETWORK', 'false') == 'true'
// With commas between them.
param operatorIpRanges = filter(split(readEnvironmentVariable('BRIDGE_OPERATOR_IP_RANGES', ''), ','), address => !empty(address))

param logRetentionDays = 90
param alertEmails = filter(split(readEnvironmentVariable('BRIDGE_ALERT_EMAILS', ''), ','), address => !empty(address))

// Settings of vendors go here, such as:
//   NIMBUS_BASE_URL: 'https://api.luware.cloud'
param settings = {
  // Routes to vendors without settings are left out: a new deployment starts, and they come alive with their vendors'
  // settings. Make it 'refuse' once all are set, so that a lost setting stops the start instead of the routes.
  BRIDGE_UNSET_DESTINATIONS: 'skip'
}
param secretSettings = []

// azd env set DEPLOY_RELAY true
param relay = readEnvironmentVariable('DEPLOY_RELAY', 'false') != 'true' ? null : {
  mode: 'pair'
  image: readEnvironmentVariable('SERVICE_RELAY_IMAGE_NAME', '')
  cpu: '0.5'
  memory: '1.0Gi'
}
param relaySettings = {}
param relaySecretSettings = [
  'ENREACH_SECRET_KEY'
]
