import type { AcdClient } from '../../../../shared/destinations/acd/client.ts';
import type { AcdOperation } from '../../../../shared/destinations/acd/operations.ts';
import type { PlannedAnswer } from '../../../helpers/fake-fetch.ts';
import { shortList } from './acd-under-test.ts';

const campaign = { ID: 1, Name: 'A' };

/** A call of every operation, with the answers that lead up to it. */
export const everyOperation: Record<
  AcdOperation,
  readonly [(client: AcdClient) => Promise<unknown>, ...PlannedAnswer[]]
> = {
  listEvents: [(client) => client.listEvents()],
  getEvent: [(client) => client.getEvent(1)],
  createEvent: [(client) => client.createEvent({ AcdEventTypesID: 3, AcdGroupsID: 1, Sender: 'x', Subject: 'y' })],
  listEventTypes: [(client) => client.listEventTypes()],
  listEventStatuses: [(client) => client.listEventStatuses()],
  listGroups: [(client) => client.listGroups()],
  getGroup: [(client) => client.getGroup(1)],
  findGroups: [(client) => client.findGroups('A')],
  listCampaigns: [(client) => client.listCampaigns()],
  getCampaign: [(client) => client.getCampaign(1)],
  findCampaigns: [(client) => client.findCampaigns('A')],
  getResultCodes: [(client) => client.getResultCodes(1, 1)],
  cloneCampaign: [(client) => client.cloneCampaign({ source: 'A', destination: 'B' })],
  deleteCampaign: [(client) => client.deleteCampaign(1)],
  deleteCampaignByName: [(client) => client.deleteCampaignByName('A'), shortList(campaign)],
  listContacts: [(client) => client.listContacts()],
  listContactsOfCampaign: [(client) => client.listContacts(1)],
  getContact: [(client) => client.getContact(1)],
  findContacts: [(client) => client.findContacts('A')],
  readContacts: [(client) => client.readContacts({ IDList: [1] }, 1)],
  importContact: [
    (client) => client.importContact({ DiallerCampaignsID: 1, Name: 'A', PhoneNumber1: '493023125061' }, true),
  ],
  deleteContact: [(client) => client.deleteContact(1)],
  deleteContactByUserData: [(client) => client.deleteContactByUserData('A')],
  listUsers: [(client) => client.listUsers()],
  getUser: [(client) => client.getUser(1)],
  listServiceNumbers: [(client) => client.listServiceNumbers()],
  getServiceNumber: [(client) => client.getServiceNumber(1)],
  listCockpitVariables: [(client) => client.listCockpitVariables()],
  getCockpitVariable: [(client) => client.getCockpitVariable(1)],
  setCockpitVariable: [(client) => client.setCockpitVariable(1, 1)],
  listCalls: [(client) => client.listCalls()],
  answerCall: [(client) => client.answerCall('A')],
  hangUpCall: [(client) => client.hangUpCall('A')],
  holdCall: [(client) => client.holdCall('A')],
};
