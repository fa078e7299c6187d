using './main.bicep'

// For trying things out: what is idle costs next to nothing, and everything can be removed at once.

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param operatorPrincipalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')

param serviceBusSku = 'Standard'

// A vault that can be purged gives its name back, so that the environment can be made anew.
param purgeProtection = false
param softDeleteRetentionDays = 7

param logDailyCapGb = 1

// Settings of vendors go here, such as:
//   NIMBUS_BASE_URL: 'https://api.luware.cloud'
param settings = {
  // Routes to vendors without settings are left out: the app starts, and they come alive with their vendors' settings.
  BRIDGE_UNSET_DESTINATIONS: 'skip'
}
param secretSettings = []

// azd env set DEPLOY_RELAY true
param relay = readEnvironmentVariable('DEPLOY_RELAY', 'false') != 'true' ? null : {
  mode: 'single'
  image: readEnvironmentVariable('SERVICE_RELAY_IMAGE_NAME', '')
  cpu: '0.25'
  memory: '0.5Gi'
}
param relaySettings = {}
param relaySecretSettings = []
