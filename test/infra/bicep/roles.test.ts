import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Deployment, deploy } from '../../../infra/tools/bicep/deploy.ts';
import { appFolder } from '../../../infra/tools/build.ts';
import { queueOf } from '../../../shared/delivery/delivery.ts';
import { FAILED_QUEUE } from '../../../shared/delivery/failure.ts';
import { stepCatalogue } from '../../../shared/destinations/catalogue.ts';
import { at, cases, ofType } from './deployments.ts';

/** Ids from https://learn.microsoft.com/azure/role-based-access-control/built-in-roles. */
const roleNames: Readonly<Record<string, string>> = {
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39': 'Azure Service Bus Data Sender',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0': 'Azure Service Bus Data Receiver',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
};

/** `role on resource` of everybody whose id contains the text. */
function rolesOf(deployment: Deployment, principal: RegExp): string[] {
  return ofType(deployment, 'Microsoft.Authorization/roleAssignments')
    .filter(({ body }) => principal.test(String(at(body, 'properties', 'principalId'))))
    .map(({ body, scope }) => {
      const id =
        String(at(body, 'properties', 'roleDefinitionId'))
          .split('/')
          .at(-1) ?? '';
      return `${roleNames[id]} on ${placeOf(scope ?? '')}`;
    })
    .sort();
}

/** The end of an id, without names that differ from deployment to deployment. */
function placeOf(id: string): string {
  const path = (id.split('/providers/')[1] ?? '').split('/').slice(1);
  const pairs = path.filter((_, index) => index % 2 === 0).map((type, index) => [type, path[index * 2 + 1]] as const);
  return pairs.length === 1
    ? String(pairs[0]?.[0])
    : pairs
        .slice(1)
        .map(([type, name]) => `${type}/${name}`)
        .join('/');
}

/** The sources directly in a folder. */
function sourcesIn(folder: string): string[] {
  return readdirSync(resolve(appFolder, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(resolve(appFolder, folder, entry.name), 'utf8'));
}

const functionSources = sourcesIn('functions');
const triggerQueues = functionSources.flatMap((source) =>
  [...source.matchAll(/trigger: sessionQueueTrigger\('([\w-]+)'\)/g)].map(([, name]) => name),
);
const triggerSubscriptions = functionSources.flatMap((source) =>
  [...source.matchAll(/trigger: sessionTopicTrigger\('([\w-]+)', '([\w-]+)'\)/g)].map(
    ([, topic, subscription]) => `topics/${topic}/subscriptions/${subscription}`,
  ),
);
/** Where routes, steps and failures are sent to. */
const queues = [...new Set([...stepCatalogue.keys()].map(queueOf)), FAILED_QUEUE].map((queue) => `queues/${queue}`);
/** What the commands that a person runs read and write. */
const commandTables = new Set(
  sourcesIn('infra/tools').flatMap((source) =>
    [...source.matchAll(/connectTable\(\w+, '(\w+)'\)/g)].map(([, name]) => name),
  ),
);

it('has a function for each queue that steps are sent to', () => {
  expect([...triggerQueues, FAILED_QUEUE].map((queue) => `queues/${queue}`).sort()).toEqual([...queues].sort());
});

describe.each(cases)('%s', (name, deployment) => {
  const hasRelay = ofType(deployment, 'Microsoft.App/containerApps').length > 0;

  it('gives the functions what they need, and no more', () => {
    expect(triggerQueues.length).toBeGreaterThan(3);
    expect(triggerSubscriptions).toEqual(['topics/events/subscriptions/router']);
    expect(rolesOf(deployment, /id-functions-/)).toEqual(
      [
        'Azure Service Bus Data Sender on topics/events',
        ...queues.map((queue) => `Azure Service Bus Data Sender on ${queue}`),
        ...triggerQueues.map((queue) => `Azure Service Bus Data Receiver on queues/${queue}`),
        ...triggerSubscriptions.map((subscription) => `Azure Service Bus Data Receiver on ${subscription}`),
        'Storage Blob Data Owner on storageAccounts',
        'Storage Table Data Contributor on storageAccounts',
        'Monitoring Metrics Publisher on components',
        'Key Vault Secrets User on vaults',
      ].sort(),
    );
  });

  it('gives the relay what it needs, and no more', () => {
    const agrees = name === 'prod with relay' || name === 'all options';
    expect(rolesOf(deployment, /id-relay-/)).toEqual(
      hasRelay
        ? [
            'AcrPull on registries',
            'Azure Service Bus Data Sender on topics/events',
            'Key Vault Secrets User on vaults',
            ...(agrees ? ['Storage Table Data Contributor on tableServices/default/tables/relays'] : []),
          ]
        : [],
    );
  });

  it('gives the operator what the commands need, and nothing where there is none', () => {
    const hasOperator = ['prod with relay', 'all options'].includes(name);
    expect(commandTables.size).toBeGreaterThan(0);
    expect(rolesOf(deployment, /^(3{8}|4{8})-/)).toEqual(
      hasOperator
        ? [
            ...[...commandTables].map(
              (table) => `Storage Table Data Contributor on tableServices/default/tables/${table}`,
            ),
            ...queues.flatMap((queue) => [
              `Azure Service Bus Data Receiver on ${queue}`,
              `Azure Service Bus Data Sender on ${queue}`,
            ]),
            'Azure Service Bus Data Receiver on topics/events/subscriptions/router',
            'Key Vault Secrets Officer on vaults',
            'Storage Blob Data Contributor on blobServices/default/containers/nimbus-sign-in',
          ].sort()
        : [],
    );
  });

  it('assigns no role to anybody else', () => {
    const known = [/id-functions-/, /id-relay-/, /^(3{8}|4{8})-/].flatMap((each) => rolesOf(deployment, each));
    expect(known).toHaveLength(ofType(deployment, 'Microsoft.Authorization/roleAssignments').length);
  });

  it('assigns every role under a name of its own, to what is deployed', () => {
    const assignments = ofType(deployment, 'Microsoft.Authorization/roleAssignments');
    expect(new Set(assignments.map(({ id }) => id)).size).toBe(assignments.length);
    expect(new Set(assignments.map(({ name }) => name)).size).toBe(assignments.length);
    const ids = new Set(deployment.resources.map(({ id }) => id));
    expect(assignments.filter(({ scope }) => scope === undefined || !ids.has(scope))).toEqual([]);
  });
});

it('makes whom the environment names the operator: a person in dev, a group in production', () => {
  const operator = '55555555-5555-5555-5555-555555555555';
  for (const [file, variable, type] of [
    ['dev', 'AZURE_PRINCIPAL_ID', 'User'],
    ['prod', 'BRIDGE_OPERATOR_GROUP_ID', 'Group'],
  ] as const) {
    const made = deploy(resolve(appFolder, `infra/${file}.bicepparam`), { environment: { [variable]: operator } });
    expect(rolesOf(made, /^5{8}-/)).toContain('Key Vault Secrets Officer on vaults');
    const types = ofType(made, 'Microsoft.Authorization/roleAssignments')
      .filter(({ body }) => at(body, 'properties', 'principalId') === operator)
      .map(({ body }) => at(body, 'properties', 'principalType'));
    expect(new Set(types)).toEqual(new Set([type]));
  }
});

it('has each role’s name beside its id', () => {
  const source = readFileSync(resolve(appFolder, 'infra/modules/rbac.bicep'), 'utf8');
  const written = [...source.matchAll(/'([0-9a-f-]{36})' \/\/ (.+)/g)].map(([, id, name]) => [id, name]);
  expect(Object.fromEntries(written)).toEqual(roleNames);
});
