metadata description = 'Workbook that shows what the bridge does.'

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Log Analytics workspace with the logs.')
param workspaceId string

@description('Resource id of the Service Bus namespace.')
param serviceBusId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A workbook is named by a GUID; this one is the same at every deployment.
  name: guid(workspaceId, 'nimbus-event-bridge')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Nimbus Event Bridge'
    category: 'workbook'
    version: 'Notebook/1.0'
    sourceId: workspaceId
    serializedData: replace(replace(loadTextContent('workbook.json'), '<workspace id>', workspaceId), '<service bus id>', serviceBusId)
  }
}

@description('Resource id of the workbook.')
output id string = workbook.id
