import { describe, expect, it } from 'vitest';
import entities from '../../../shared/bus/entities.json' with { type: 'json' };
import { queueOf } from '../../../shared/delivery/delivery.ts';
import { stepCatalogue } from '../../../shared/destinations/catalogue.ts';

describe('the catalogue of steps', () => {
  it('has the steps of every destination, described', () => {
    expect([...stepCatalogue.keys()].sort()).toEqual([
      'acd.cloneCampaign',
      'acd.createEvent',
      'acd.deleteCampaign',
      'acd.deleteContact',
      'acd.findGroup',
      'acd.getContacts',
      'acd.getResultCodes',
      'acd.importContact',
      'acd.setCockpitVariable',
      'crm.createActivity',
      'crm.findContact',
      'lucs.cancelCallback',
      'lucs.createCallback',
      'lucs.createTask',
      'lucs.findCallbacks',
      'lucs.getTask',
      'lucs.refreshTask',
      'lucs.setTaskEstablished',
      'lucs.terminateTask',
      'nimbus.addContact',
      'nimbus.addExternalTask',
      'nimbus.clearAddressBook',
      'nimbus.getContacts',
      'nimbus.getSchedulerEntries',
      'nimbus.removeContacts',
      'nimbus.removeExternalTask',
      'nimbus.removeSchedulerEntry',
      'nimbus.scheduleCall',
      'nimbus.updateContact',
      'nimbus.updateSchedulerEntry',
      'nimbus.updateTask',
    ]);
    for (const { summary } of stepCatalogue.values()) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('has only steps whose deliveries have a queue', () => {
    const names = JSON.stringify(entities);
    for (const step of stepCatalogue.keys()) expect(names).toContain(`"${queueOf(step)}"`);
  });
});
