metadata description = 'Virtual network: subnets of the functions, the relay and the private endpoints, one fixed address outwards, and the names of what is private.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the virtual network; its parts are named after it.')
@minLength(2)
@maxLength(60)
param name string

@description('Addresses of the network, at least a /24, in CIDR form. They must not overlap with networks that are to be peered.')
param addressPrefix string

@description('Private DNS zones to make and to link.')
param zoneNames string[]

@description('Log Analytics workspace that takes the logs.')
param workspaceId string

// Flex Consumption and Container Apps want this delegation, and a subnet for each.
var delegations = [
  {
    name: 'environments'
    properties: {
      serviceName: 'Microsoft.App/environments'
    }
  }
]

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${name}-out'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
    publicIPAddressVersion: 'IPv4'
  }
}

resource gateway 'Microsoft.Network/natGateways@2025-05-01' = {
  name: '${name}-nat'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: delegations
          // The gateway is the way out; the implicit one is on by default and has no fixed address.
          defaultOutboundAccess: false
          natGateway: {
            id: gateway.id
          }
        }
      }
      {
        name: 'relay'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          delegations: delegations
          defaultOutboundAccess: false
          natGateway: {
            id: gateway.id
          }
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 2)
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zoneName in zoneNames: {
  name: zoneName
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zoneName, index) in zoneNames: {
  parent: zones[index]
  name: name
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

resource networkDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: network
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

resource addressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-log-analytics'
  scope: address
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

@description('Subnet of the function app.')
output functionsSubnetId string = '${network.id}/subnets/functions'

@description('Subnet of the Container Apps environment.')
output relaySubnetId string = '${network.id}/subnets/relay'

@description('Subnet of the private endpoints.')
output endpointsSubnetId string = '${network.id}/subnets/endpoints'

@description('The address that vendors see calls from.')
output outboundAddress string = address.properties.ipAddress
