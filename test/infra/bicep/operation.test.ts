import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Deployment, deploy } from '../../../infra/tools/bicep/deploy.ts';
import { isList } from '../../../infra/tools/bicep/values.ts';
import { appFolder } from '../../../infra/tools/build.ts';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { formatLogLine } from '../../../shared/log.ts';
import * as z from '../../../shared/zod.ts';
import { engineUnderTest, HOUR_MS, START_MS } from '../../shared/delivery/engine-under-test.ts';
import { at, cases, deployments, ofType, only } from './deployments.ts';

/** Types whose resources write logs of their own, or metrics where nothing else shows them. */
const WITH_DIAGNOSTICS = [
  'Microsoft.App/managedEnvironments',
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Network/publicIPAddresses',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.OperationalInsights/workspaces',
  'Microsoft.ServiceBus/namespaces',
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.Storage/storageAccounts/tableServices',
  'Microsoft.Web/sites',
];

/** Types without diagnostic settings, and why. */
const WITHOUT_DIAGNOSTICS: Readonly<Record<string, string>> = {
  'Microsoft.App/containerApps': 'logs by way of its environment',
  'Microsoft.Authorization/roleAssignments': 'has none',
  'Microsoft.Insights/actionGroups': 'has none',
  'Microsoft.Insights/components': 'its data is in the workspace already, and would be paid for twice',
  'Microsoft.Insights/diagnosticSettings': 'is one',
  'Microsoft.Insights/metricAlerts': 'has none',
  'Microsoft.Insights/scheduledQueryRules': 'has none',
  'Microsoft.Insights/workbooks': 'has none',
  'Microsoft.ManagedIdentity/userAssignedIdentities': 'has none',
  'Microsoft.Network/natGateways': 'shown by the address behind it',
  'Microsoft.Network/privateDnsZones': 'metrics only, of no use here',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks': 'has none',
  'Microsoft.Network/privateEndpoints': 'metrics only, of no use here',
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': 'has none',
  'Microsoft.ServiceBus/namespaces/queues': 'logs by way of the namespace',
  'Microsoft.ServiceBus/namespaces/topics': 'logs by way of the namespace',
  'Microsoft.ServiceBus/namespaces/topics/subscriptions': 'logs by way of the namespace',
  'Microsoft.ServiceBus/namespaces/topics/subscriptions/rules': 'logs by way of the namespace',
  'Microsoft.Storage/storageAccounts': 'its services log',
  'Microsoft.Storage/storageAccounts/blobServices/containers': 'logs by way of the service',
  'Microsoft.Storage/storageAccounts/tableServices/tables': 'logs by way of the service',
  'Microsoft.Web/serverfarms': 'metrics only, and Flex Consumption has those of the app',
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': 'has none',
};

describe.each(cases)('%s', (_name, deployment) => {
  it('sends logs of everything that has some to the workspace', () => {
    const { id: workspaceId } = only(deployment, 'Microsoft.OperationalInsights/workspaces');
    const settings = ofType(deployment, 'Microsoft.Insights/diagnosticSettings');
    for (const { body } of settings) {
      expect(at(body, 'properties', 'workspaceId')).toBe(workspaceId);
      const parts = [at(body, 'properties', 'logs'), at(body, 'properties', 'metrics')].filter(isList).flat();
      expect(parts.length).toBeGreaterThan(0);
      expect(parts.filter((part) => at(part, 'enabled') !== true)).toEqual([]);
    }
    const covered = settings.map(({ scope }) => scope).sort();
    const wanted = deployment.resources.filter(({ type }) => WITH_DIAGNOSTICS.includes(type)).map(({ id }) => id);
    expect(covered).toEqual(wanted.sort());
    const undecided = deployment.resources.filter(
      ({ type }) => !WITH_DIAGNOSTICS.includes(type) && !(type in WITHOUT_DIAGNOSTICS),
    );
    expect(undecided).toEqual([]);
  });

  it('tags everything that can be tagged', () => {
    const untagged = deployment.resources.filter(
      ({ body }) =>
        'location' in body &&
        (at(body, 'tags', 'application') !== 'nimbus-event-bridge' || at(body, 'tags', 'azd-env-name') === undefined),
    );
    expect(untagged).toEqual([]);
    expect(at(only(deployment, 'Microsoft.Web/sites').body, 'tags', 'azd-service-name')).toBe('api');
  });

  it('starts instances ahead for nothing but functions that exist', () => {
    const ready = at(
      only(deployment, 'Microsoft.Web/sites').body,
      'properties',
      'functionAppConfig',
      'scaleAndConcurrency',
      'alwaysReady',
    );
    const groups = (isList(ready) ? ready : []).map((each) => String(at(each, 'name')));
    expect(groups.filter((group) => group !== 'http' && !registeredFunctions.includes(group.slice(9)))).toEqual([]);
  });
});

const registeredFunctions = readdirSync(resolve(appFolder, 'functions'))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''));

function named(deployment: string): Deployment {
  const found = deployments[deployment];
  if (found === undefined) throw new Error('missing');
  return found;
}

/** Without what makes the name of an alert unique. */
const shortName = (name: string) => name.replace(/^bridge-[a-z0-9]{13}-/, '');

const workbookSchema = z.object({
  items: z.array(z.object({ name: z.string(), content: z.object({ query: z.optional(z.string()) }) })),
});

describe('alerts', () => {
  const alertsOf = (deployment: Deployment) =>
    [
      ...ofType(deployment, 'Microsoft.Insights/metricAlerts'),
      ...ofType(deployment, 'Microsoft.Insights/scheduledQueryRules'),
    ]
      .map(({ name }) => shortName(name))
      .sort();

  /** By name: what it is about, metric, aggregation, operator, threshold, window, and the dimension with its values. */
  const metricRules = (deployment: Deployment) =>
    Object.fromEntries(
      ofType(deployment, 'Microsoft.Insights/metricAlerts').map(({ name, body }) => {
        expect(at(body, 'properties', 'enabled')).toBe(true);
        const scope = at(body, 'properties', 'scopes', 0);
        const criterion = at(body, 'properties', 'criteria', 'allOf', 0);
        const dimension = at(criterion, 'dimensions', 0);
        const values = at(dimension, 'values');
        return [
          shortName(name),
          [
            deployment.resources.find(({ id }) => id === scope)?.type,
            ...['metricName', 'timeAggregation', 'operator', 'threshold'].map((part) => at(criterion, part)),
            at(body, 'properties', 'windowSize'),
            dimension && [at(dimension, 'name'), at(dimension, 'operator'), ...(isList(values) ? values : [])],
          ],
        ];
      }),
    );

  it('watch the bus, the functions, alarms and the age of events', () => {
    expect(alertsOf(named('dev'))).toEqual([
      'alarm',
      'bus-errors',
      'dead-letters',
      'event-age',
      'failed',
      'http-errors',
      'retrying',
      'throttled',
      'waiting',
    ]);
  });

  it('watch the relay and the messaging units, where there are some', () => {
    const more = ['bus-processor', 'relay-gap', 'relay-not-ready', 'relay-replicas'];
    expect(alertsOf(named('prod with relay'))).toEqual([...alertsOf(named('dev')), ...more].sort());
    expect(alertsOf(named('prod'))).toEqual([...alertsOf(named('dev')), 'bus-processor'].sort());
  });

  it('fire on the metrics, beyond the limits and for the entities that they are about', () => {
    const bus = 'Microsoft.ServiceBus/namespaces';
    const every = ['EntityName', 'Include', '*'];
    const deliveries = ['EntityName', 'Include', 'deliver-acd', 'deliver-crm', 'deliver-lucs', 'deliver-nimbus'];
    expect(metricRules(named('all options'))).toEqual({
      failed: [bus, 'ActiveMessages', 'Maximum', 'GreaterThan', 0, 'PT5M', ['EntityName', 'Include', 'failed']],
      'dead-letters': [bus, 'DeadletteredMessages', 'Maximum', 'GreaterThan', 0, 'PT5M', every],
      throttled: [bus, 'ThrottledRequests', 'Total', 'GreaterThan', 0, 'PT5M', every],
      'bus-errors': [bus, 'ServerErrors', 'Total', 'GreaterThan', 0, 'PT5M', every],
      waiting: [bus, 'ActiveMessages', 'Minimum', 'GreaterThan', 1000, 'PT15M', ['EntityName', 'Exclude', 'failed']],
      retrying: [bus, 'ScheduledMessages', 'Minimum', 'GreaterThan', 25, 'PT15M', deliveries],
      'bus-processor': [bus, 'NamespaceCpuUsage', 'Average', 'GreaterThan', 70, 'PT15M', undefined],
      'http-errors': ['Microsoft.Web/sites', 'Http5xx', 'Total', 'GreaterThan', 0, 'PT5M', undefined],
      'relay-replicas': ['Microsoft.App/containerApps', 'Replicas', 'Maximum', 'LessThan', 2, 'PT5M', undefined],
    });
    expect(metricRules(named('dev'))).toMatchObject({
      waiting: expect.arrayContaining([100]),
      retrying: expect.arrayContaining([10]),
    });
  });

  it('fire on log lines in the workspace', () => {
    const all = named('all options');
    const rules = ofType(all, 'Microsoft.Insights/scheduledQueryRules').map(({ name, body }) => {
      expect(at(body, 'properties', 'scopes')).toEqual([only(all, 'Microsoft.OperationalInsights/workspaces').id]);
      expect(at(body, 'properties', 'enabled')).toBe(true);
      const criterion = at(body, 'properties', 'criteria', 'allOf', 0);
      const parts = ['timeAggregation', 'operator', 'threshold', 'metricMeasureColumn', 'failingPeriods', 'dimensions'];
      return [shortName(name), [...parts.map((part) => at(criterion, part)), at(body, 'properties', 'windowSize')]];
    });
    const once = { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 };
    const byAlarm = [{ name: 'Alarm', operator: 'Include', values: ['*'] }];
    expect(Object.fromEntries(rules)).toEqual({
      alarm: ['Count', 'GreaterThan', 0, null, once, byAlarm, 'PT15M'],
      'event-age': ['Maximum', 'GreaterThan', 60, 'AgeSeconds', once, [], 'PT15M'],
      'relay-gap': ['Count', 'GreaterThan', 0, null, once, [], 'PT5M'],
      'relay-not-ready': ['Count', 'GreaterThan', 0, null, once, [], 'PT5M'],
    });
  });

  it('tell the action group, which mails to whom the parameters name', () => {
    const all = named('all options');
    const group = only(all, 'Microsoft.Insights/actionGroups');
    expect(at(group.body, 'properties', 'emailReceivers', 0, 'emailAddress')).toBe('operator@example.com');
    for (const { body } of ofType(all, 'Microsoft.Insights/metricAlerts')) {
      expect(at(body, 'properties', 'actions')).toEqual([{ actionGroupId: group.id }]);
    }
    for (const { body } of ofType(all, 'Microsoft.Insights/scheduledQueryRules')) {
      expect(at(body, 'properties', 'actions')).toEqual({ actionGroups: [group.id] });
    }
  });

  it('look for log lines that the code writes', () => {
    const queries = ofType(named('all options'), 'Microsoft.Insights/scheduledQueryRules').map(({ name, body }) => ({
      name,
      query: String(at(body, 'properties', 'criteria', 'allOf', 0, 'query')),
    }));
    const query = (ending: string) => queries.find(({ name }) => name.endsWith(ending))?.query ?? '';
    const source = (file: string) => readFileSync(resolve(appFolder, file), 'utf8');
    expect(query('-alarm')).toContain('"alarm name="');
    expect(source('shared/nimbus-webhooks/silence-problem.ts')).toContain("log.error('alarm', { name: 'nimbus-silent'");
    expect(source('shared/auth/sign-in-alarm.ts')).toContain("log.error('alarm', { name: 'nimbus-sign-in'");
    expect(query('-relay-gap')).toContain('("RTE hub disconnected", "name=rte-gap", "events are lost")');
    expect(query('-relay-not-ready')).toContain('"RTE hub not connected"');
    expect(source('shared/relay/hub-link.ts')).toContain("log.warn('RTE hub disconnected'");
    expect(source('shared/relay/hub-link.ts')).toContain("'RTE hub not connected'");
    expect(source('shared/relay/relay.ts')).toContain("log.warn('alarm', { name: 'rte-gap'");
    expect(source('shared/relay/outbox/bus-outbox.ts')).toContain("log.error('events are lost");
  });
});

describe('the age of an event', () => {
  it('is read from the line of every try, whether it succeeds or is to be repeated', async () => {
    const engine = engineUnderTest();
    const acceptedAt = new Date(START_MS - 3_000).toISOString();
    await engine.deliver(engine.delivery({}, { acceptedAt }));
    engine.destination.run = async () => {
      throw new PermanentError('refused');
    };
    await engine.deliver(engine.delivery({ id: 'event-2' }, { acceptedAt }));
    engine.destination.run = async () => {
      throw new TransientError('away', { retryAfterMs: HOUR_MS });
    };
    await engine.deliver(engine.delivery({ id: 'event-3' }, { acceptedAt }));
    const lines = engine.log.entries.map(({ message, fields }) => formatLogLine(message, fields));
    expect(engine.log.entries.map(({ fields }) => fields?.result)).toEqual(['done', 'failed', 'retry']);

    const [rule] = ofType(named('dev'), 'Microsoft.Insights/scheduledQueryRules').filter(({ name }) =>
      name.endsWith('-event-age'),
    );
    const workbook = readFileSync(resolve(appFolder, 'infra/modules/workbook.json'), 'utf8');
    const items = z.parse(workbookSchema, JSON.parse(workbook)).items;
    const chart = items.find(({ name }) => name === 'Seconds from the webhook to the end of each try');
    const alert = String(at(rule?.body, 'properties', 'criteria', 'allOf', 0, 'query'));
    for (const query of [alert, chart?.content.query ?? '']) {
      const [, start, pattern] =
        /^AppTraces \| where Message startswith "([^"]+)" \| extend AgeMs = extract\("([^"]+)", 1, Message, typeof\(long\)\) \| where isnotnull\(AgeMs\) \| /.exec(
          query,
        ) ?? [];
      expect(lines.filter((line) => !line.startsWith(start ?? 'none'))).toEqual([]);
      expect(lines.map((line) => new RegExp(pattern ?? 'none').exec(line)?.[1])).toEqual(['3000', '3000', '3000']);
      expect(query).toContain('AgeMs / 1000.0');
    }
    expect(at(rule?.body, 'properties', 'criteria', 'allOf', 0)).toMatchObject({
      query: expect.stringMatching(/\| project TimeGenerated, AgeSeconds = AgeMs \/ 1000\.0$/),
      metricMeasureColumn: 'AgeSeconds',
    });
  });
});

describe('the relay', () => {
  const template = (deployment: string) =>
    at(only(named(deployment), 'Microsoft.App/containerApps').body, 'properties', 'template');

  it('has one replica by itself, and two where they agree', () => {
    expect(at(template('dev with relay'), 'scale')).toEqual({ minReplicas: 1, maxReplicas: 1 });
    expect(at(template('prod with relay'), 'scale')).toEqual({ minReplicas: 2, maxReplicas: 2 });
  });

  it('is not started before its image is there', () => {
    const deployment = deploy(resolve(appFolder, 'infra/prod.bicepparam'), { environment: { DEPLOY_RELAY: 'true' } });
    const waiting = at(only(deployment, 'Microsoft.App/containerApps').body, 'properties', 'template');
    expect(at(waiting, 'scale')).toEqual({ minReplicas: 0, maxReplicas: 1 });
    expect(at(waiting, 'containers', 0, 'probes')).toEqual([]);
  });

  it('is asked for its health as Container Apps recommends', () => {
    const probes = at(template('dev with relay'), 'containers', 0, 'probes');
    const figures = (isList(probes) ? probes : []).map((probe) =>
      ['type', 'failureThreshold', 'periodSeconds', 'timeoutSeconds', 'initialDelaySeconds'].map((name) =>
        at(probe, name),
      ),
    );
    expect(figures).toEqual([
      ['Startup', 60, 1, 1, 0],
      ['Liveness', 3, 10, 5, 10],
      ['Readiness', 60, 1, 1, 5],
    ]);
    expect(at(probes, 2, 'httpGet')).toEqual({ path: '/readyz', port: 8080 });
  });
});
