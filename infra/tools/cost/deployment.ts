import { resolve } from 'node:path';
import * as z from '../../../shared/zod.ts';
import { type Deployed, deploy } from '../bicep/deploy.ts';
import { appFolder } from '../build.ts';

/** What of a deployment costs money by being there. */
export interface DeploymentShape {
  readonly serviceBusSku: 'Standard' | 'Premium';
  readonly messagingUnits: number;
  readonly instanceMemoryMB: 512 | 2048 | 4096;
  /** Always-ready instances by scale group, such as `http` and `function:route-events`. */
  readonly alwaysReady: Readonly<Record<string, number>>;
  readonly zoneRedundantStorage: boolean;
  readonly relay: {
    readonly mode: RelayMode;
    readonly replicas: number;
    readonly cpu: number;
    readonly memoryGib: number;
  };
  /** After so many GB in a day no more logs are taken until the next day; undefined: no limit. */
  readonly logDailyCapGb: number | undefined;
  readonly metricAlertSeries: number;
  readonly logAlerts: number;
  readonly privateEndpoints: number;
  readonly natGateways: number;
  readonly publicAddresses: number;
  readonly privateDnsZones: number;
}

export const relayModes = ['none', 'single', 'standby', 'pair'] as const;
export type RelayMode = (typeof relayModes)[number];

export const environments = ['dev', 'prod'] as const;
export type Environment = (typeof environments)[number];

const namespace = z.object({
  sku: z.object({ name: z.enum(['Standard', 'Premium']), capacity: z.nullish(z.number()) }),
});
const site = z.object({
  properties: z.object({
    functionAppConfig: z.object({
      scaleAndConcurrency: z.object({
        instanceMemoryMB: z.union([z.literal(512), z.literal(2048), z.literal(4096)]),
        alwaysReady: z.array(z.object({ name: z.string(), instanceCount: z.number() })),
      }),
    }),
  }),
});
const storage = z.object({ sku: z.object({ name: z.string() }) });
const workspace = z.object({
  properties: z.object({ workspaceCapping: z.object({ dailyQuotaGb: z.number() }) }),
});
const containerApp = z.object({
  properties: z.object({
    template: z.object({
      containers: z.array(z.object({ resources: z.object({ cpu: z.number(), memory: z.string() }) })),
      scale: z.object({ minReplicas: z.number() }),
    }),
  }),
});
const metricAlert = z.object({
  properties: z.object({
    criteria: z.object({
      allOf: z.array(
        z.object({ dimensions: z.array(z.object({ operator: z.string(), values: z.array(z.string()) })) }),
      ),
    }),
  }),
});

/** Sizes of the relay in the two environments, as their parameter files have them. */
const relaySizes = { dev: { cpu: '0.25', memory: '0.5Gi' }, prod: { cpu: '0.5', memory: '1.0Gi' } } as const;

export interface DeploymentChoice {
  readonly environment: Environment;
  readonly relay: RelayMode;
  readonly privateNetwork: boolean;
  /** Without it, what the parameters file says. */
  readonly instanceMemoryMB?: number | undefined;
}

/** Works out what `infra/<environment>.bicepparam` deploys when these parameters are set in it. */
export function deploymentShape({
  environment,
  relay,
  privateNetwork,
  instanceMemoryMB: wantedMemoryMB,
}: DeploymentChoice): DeploymentShape {
  const parameters = {
    relay: relay === 'none' ? null : { mode: relay, image: 'relay', ...relaySizes[environment] },
    privateNetwork,
    ...(wantedMemoryMB !== undefined && { instanceMemoryMB: wantedMemoryMB }),
  };
  const { resources } = deploy(resolve(appFolder, `infra/${environment}.bicepparam`), { parameters });
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const one = <Schema extends z.ZodMiniType>(type: string, schema: Schema): z.output<Schema> =>
    z.parse(schema, ofType(type)[0]?.body);

  const { sku } = one('Microsoft.ServiceBus/namespaces', namespace);
  const { instanceMemoryMB, alwaysReady } = one('Microsoft.Web/sites', site).properties.functionAppConfig
    .scaleAndConcurrency;
  const { dailyQuotaGb } = one('Microsoft.OperationalInsights/workspaces', workspace).properties.workspaceCapping;
  const entities = [
    ...ofType('Microsoft.ServiceBus/namespaces/queues'),
    ...ofType('Microsoft.ServiceBus/namespaces/topics'),
  ];
  return {
    serviceBusSku: sku.name,
    messagingUnits: sku.capacity ?? 1,
    instanceMemoryMB,
    alwaysReady: Object.fromEntries(alwaysReady.map(({ name, instanceCount }) => [name, instanceCount])),
    zoneRedundantStorage: one('Microsoft.Storage/storageAccounts', storage).sku.name === 'Standard_ZRS',
    relay: relayOf(ofType('Microsoft.App/containerApps')[0], relay),
    logDailyCapGb: dailyQuotaGb === -1 ? undefined : dailyQuotaGb,
    metricAlertSeries: ofType('Microsoft.Insights/metricAlerts').reduce(
      (sum, alert) => sum + seriesOf(alert, entities.length),
      0,
    ),
    logAlerts: ofType('Microsoft.Insights/scheduledQueryRules').length,
    privateEndpoints: ofType('Microsoft.Network/privateEndpoints').length,
    natGateways: ofType('Microsoft.Network/natGateways').length,
    publicAddresses: ofType('Microsoft.Network/publicIPAddresses').length,
    privateDnsZones: ofType('Microsoft.Network/privateDnsZones').length,
  };
}

function relayOf(app: Deployed | undefined, mode: RelayMode): DeploymentShape['relay'] {
  if (app === undefined) return { mode, replicas: 0, cpu: 0, memoryGib: 0 };
  const { containers, scale } = z.parse(containerApp, app.body).properties.template;
  return {
    mode,
    replicas: scale.minReplicas,
    cpu: containers.reduce((sum, { resources }) => sum + resources.cpu, 0),
    memoryGib: containers.reduce((sum, { resources }) => sum + Number.parseFloat(resources.memory), 0),
  };
}

/** A rule that looks at every entity, or at all but some, watches one series for each. */
function seriesOf(alert: Deployed, entities: number): number {
  const [criterion] = z.parse(metricAlert, alert.body).properties.criteria.allOf;
  const [dimension] = criterion?.dimensions ?? [];
  if (dimension === undefined) return 1;
  if (dimension.operator === 'Exclude') return entities - dimension.values.length;
  return dimension.values.includes('*') ? entities : dimension.values.length;
}
