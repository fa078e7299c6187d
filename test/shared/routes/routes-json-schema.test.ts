import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stepCatalogue } from '../../../shared/destinations/catalogue.ts';
import { loadRoutes } from '../../../shared/routes/load-routes.ts';
import { routesJsonSchema } from '../../../shared/routes/routes-json-schema.ts';

const root = resolve(import.meta.dirname, '../../..');
const shipped = readFileSync(resolve(root, 'routes.yaml'), 'utf8');
const published: Record<string, unknown> = JSON.parse(
  readFileSync(resolve(root, 'shared/routes/routes.schema.json'), 'utf8'),
);

// Editors know these two formats; for what is checked here a coarse reading is enough.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, formats: { uuid: true, uri: /^\w+:\S+$/ } });
const isValid = ajv.compile(published);

const service = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';

function withSteps(...steps: unknown[]) {
  return { routes: [{ id: 'one', when: { event: '*' }, do: steps }] };
}

describe('the published schema of routes.yaml', () => {
  it('is what the steps make of it: run "npm run routes:schema" when this fails', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(routesJsonSchema(stepCatalogue))));
  });

  it('is the one that the shipped file names', () => {
    const [, name] = /^# yaml-language-server: \$schema=(\S+)/.exec(shipped) ?? [];
    expect(resolve(root, name ?? '')).toBe(resolve(root, 'shared/routes/routes.schema.json'));
  });

  it('takes the shipped file', () => {
    expect(isValid(parse(shipped)), JSON.stringify(isValid.errors)).toBe(true);
  });

  it('describes every step and every argument', () => {
    const names = [...stepCatalogue.keys()].sort();
    const text = JSON.stringify(published);
    expect(names).toEqual([
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
    for (const [name, { summary }] of stepCatalogue) {
      expect(text).toContain(JSON.stringify({ const: name, description: summary }));
    }
  });

  it.each<[string, unknown]>([
    ['a step without arguments where it needs none', withSteps({ step: 'crm.findContact' })],
    [
      'an expression in place of a number',
      withSteps({ step: 'acd.createEvent', with: { type: '=1', sender: 'a', subject: 'b', groupId: '=settings.g' } }),
    ],
    [
      'expressions further in',
      withSteps({
        step: 'lucs.createTask',
        with: { service, required: { audio: '=data.a' }, preferredAgents: ['=data.b'] },
      }),
    ],
    [
      'an expression in place of an object',
      withSteps({ step: 'lucs.createTask', with: { service, required: '=data.required' } }),
    ],
    [
      'expressions in items of a list that may also be a single item',
      withSteps({
        step: 'nimbus.updateTask',
        with: {
          taskId: '=data.taskId',
          preferredUsers: [{ upn: '=data.agent', priority: '=data.rank' }, '=data.other'],
        },
      }),
    ],
    [
      'an expression that is longer than a literal item of the list may be',
      withSteps({
        step: 'nimbus.addContact',
        with: { addressBook: 'b', externalId: '1', emailAddresses: [`=${'data.email ?? '.repeat(20)}''`] },
      }),
    ],
    [
      'an expression in place of a value that a name is given',
      withSteps({
        step: 'nimbus.addContact',
        with: { addressBook: 'b', externalId: '1', customFields: { Tier: '=data.tier', Visits: 3 } },
      }),
    ],
    ['a type by number', withSteps({ step: 'acd.createEvent', with: { type: 3, sender: 'a', subject: 'b' } })],
    ['a name for a result', withSteps({ step: 'crm.findContact', as: 'contact' })],
    ['settings', { settings: { a: 'x', b: 1, c: true }, ...withSteps({ step: 'crm.findContact' }) }],
  ])('takes %s', (_what, content) => {
    expect(isValid(content), JSON.stringify(isValid.errors)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['no routes', {}],
    ['an empty list of routes', { routes: [] }],
    ['an unknown key at the top', { ...withSteps({ step: 'crm.findContact' }), settngs: {} }],
    [
      'an unknown key of a route',
      { routes: [{ id: 'one', when: { event: '*' }, do: [{ step: 'crm.findContact' }], wen: 1 }] },
    ],
    ['a wrong id', { routes: [{ id: 'One', when: { event: '*' }, do: [{ step: 'crm.findContact' }] }] }],
    ['no event', { routes: [{ id: 'one', when: {}, do: [{ step: 'crm.findContact' }] }] }],
    ['an empty event', { routes: [{ id: 'one', when: { event: [] }, do: [{ step: 'crm.findContact' }] }] }],
    ['no steps', withSteps()],
    ['an unknown step', withSteps({ step: 'crm.forget' })],
    ['an unknown key of a step', withSteps({ step: 'crm.findContact', wiht: {} })],
    ['an unknown argument', withSteps({ step: 'crm.findContact', with: { phnoe: '1' } })],
    [
      'an unknown argument further in',
      withSteps({ step: 'lucs.createTask', with: { service, required: { smell: true } } }),
    ],
    ['arguments missing altogether', withSteps({ step: 'lucs.createTask' })],
    ['a missing argument', withSteps({ step: 'lucs.createTask', with: { caller: 'x' } })],
    [
      'a literal of the wrong type',
      withSteps({ step: 'lucs.createTask', with: { service, distributeToAgent: 'yes' } }),
    ],
    ['a literal that is not an id', withSteps({ step: 'lucs.createTask', with: { service: 'support' } })],
    [
      'a literal out of range',
      withSteps({ step: 'acd.createEvent', with: { type: 3, sender: 'a', subject: 'b', priority: 201 } }),
    ],
    [
      'a literal that is not among the choices',
      withSteps({ step: 'crm.createActivity', with: { kind: 'letter', subject: 'x' } }),
    ],
    [
      'an unknown key in an item of a list',
      withSteps({ step: 'nimbus.updateTask', with: { taskId: '1', preferredUsers: [{ upn: 'a@b', rank: 1 }] } }),
    ],
    [
      'a literal of the wrong type in an item of a list',
      withSteps({
        step: 'nimbus.updateTask',
        with: { taskId: '1', preferredUsers: [{ upn: 'a@b', priority: 'first' }] },
      }),
    ],
    ['a wrong name for a result', withSteps({ step: 'crm.findContact', as: 'a-b' })],
    ['a setting that is a list', { settings: { a: [] }, ...withSteps({ step: 'crm.findContact' }) }],
  ])('refuses %s', (_what, content) => expect(isValid(content)).toBe(false));
});

describe('the shipped routes.yaml', () => {
  it('loads, with settings from outside in place of its own', () => {
    const { all, settings } = loadRoutes(shipped, {
      fileName: 'routes.yaml',
      steps: stepCatalogue,
      configured: new Set(['nimbus', 'lucs', 'acd', 'crm']),
      settings: { acdCallbackGroup: 7 },
    });
    expect(all.map(({ id }) => id)).toEqual([
      'caller-details',
      'caller-identified',
      'caller-preferences',
      'vip-caller',
      'blocked-caller',
      'call-ticket',
      'missed-call-crm-task',
      'missed-call-acd-callback',
      'missed-call-lucs-task',
      'missed-call-lucs-callback',
      'missed-call-call-back',
      'missed-chat-follow-up',
      'handled-call-crm-activity',
      'call-again-later',
      'scheduled-call-outcome',
      'scheduled-call-limit-reached',
      'external-task-to-lucs',
      'external-task-taken',
      'external-task-ended',
      'rte-callback-to-lucs',
      'rte-callback-closed',
      'acd-callback-crm-task',
      'address-book-add',
      'address-book-change',
      'address-book-remove',
    ]);
    expect(settings).toMatchObject({ lucsService: service, acdCallbackGroup: 7 });
  });
});
