metadata description = 'Private endpoints: what they lead to is reached over addresses of the virtual network only.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Subnet of the endpoints.')
param subnetId string

@description('What is made private.')
param endpoints Endpoint[]

@description('One private endpoint.')
type Endpoint = {
  @description('Name of the endpoint.')
  name: string

  @description('Resource that it leads to.')
  targetId: string

  @description('Part of the resource, such as blob.')
  groupId: string

  @description('Private DNS zone that holds its name.')
  zoneName: string
}

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' existing = [for endpoint in endpoints: {
  name: endpoint.zoneName
}]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [for endpoint in endpoints: {
  name: endpoint.name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: {
          privateLinkServiceId: endpoint.targetId
          groupIds: [
            endpoint.groupId
          ]
        }
      }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (endpoint, index) in endpoints: {
  parent: privateEndpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.groupId
        properties: {
          privateDnsZoneId: zones[index].id
        }
      }
    ]
  }
}]
