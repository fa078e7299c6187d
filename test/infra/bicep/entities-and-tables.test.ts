import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';
import entities from '../../../shared/bus/entities.json' with { type: 'json' };
import { cases, ofType } from './deployments.ts';

const namespace = 'Microsoft.ServiceBus/namespaces';

describe.each(cases)('%s', (_name, deployment) => {
  it('has the queues of shared/bus/entities.json, with the same options', () => {
    const queues = ofType(deployment, `${namespace}/queues`);
    expect(queues.map(({ name, body }) => ({ name, ...asObject(body.properties) }))).toEqual(
      entities.queues.map((queue) => ({ ...queue, maxSizeInMegabytes: 5120 })),
    );
  });

  it('has its topics, subscriptions and rules', () => {
    const topics = ofType(deployment, `${namespace}/topics`);
    expect(topics.map(({ name, body }) => ({ name, ...asObject(body.properties) }))).toEqual(
      entities.topics.map(({ subscriptions: _, ...topic }) => ({ ...topic, maxSizeInMegabytes: 5120 })),
    );
    const subscriptions = ofType(deployment, `${namespace}/topics/subscriptions`);
    expect(subscriptions.map(({ name, body }) => ({ name, ...asObject(body.properties) }))).toEqual(
      entities.topics.flatMap((topic) => topic.subscriptions.map(({ rules: _, ...subscription }) => subscription)),
    );
    const rules = ofType(deployment, `${namespace}/topics/subscriptions/rules`);
    expect(rules.map(({ name, body }) => ({ name, ...asObject(body.properties) }))).toEqual(
      entities.topics.flatMap((topic) => topic.subscriptions.flatMap((subscription) => subscription.rules)),
    );
    expect(rules.map(({ id }) => id.split('/namespaces/')[1]?.replace(/^[^/]+/, ''))).toEqual([
      '/topics/events/subscriptions/router/rules/everything',
    ]);
  });

  it('has every table that the code connects to', () => {
    const tables = ofType(deployment, 'Microsoft.Storage/storageAccounts/tableServices/tables').map(({ name }) => name);
    const connected = sourcesIn('shared').flatMap((source) =>
      [...source.matchAll(/connectTable\(\w+, '(\w+)'\)/g)].map(([, name]) => name),
    );
    expect(connected.length).toBeGreaterThan(3);
    expect(tables).toEqual([...new Set([...connected, 'relays'])].sort());
  });
});

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error('expected an object');
  return value;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(resolve(appFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(resolve(appFolder, folder, name), 'utf8'));
}
