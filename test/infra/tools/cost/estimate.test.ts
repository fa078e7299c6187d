import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../../../infra/tools/bicep/deploy.ts';
import { appFolder } from '../../../../infra/tools/build.ts';
import { deploymentShape } from '../../../../infra/tools/cost/deployment.ts';
import { type Estimate, estimate, type Load } from '../../../../infra/tools/cost/estimate.ts';
import { operationsOfEvent } from '../../../../infra/tools/cost/operations.ts';
import { cpu, operations, prices, shape } from './fixtures.ts';

const basis = { operations, cpu, prices };
const load: Load = { eventsPerDay: 24_000, steps: 1, peakFactor: 10, vendorLatencyMs: 100, messageBytes: 1_024 };

function item({ items }: Estimate, name: string) {
  return items.find((each) => each.item === name);
}

describe('the operations of an event', () => {
  it('are those of the event and of its steps, each as dear as the dearest', () => {
    expect(operationsOfEvent(operations, 0)).toEqual(operations.perEvent);
    expect(operationsOfEvent(operations, 3)).toMatchObject({ sends: 4, tableTransactions: 1 + 3 * 4, logBytes: 30 });
  });
});

describe('an estimate', () => {
  it('prices tables, rows and logs by the event', () => {
    const made = estimate(load, shape, basis);
    // 730,000 events with five transactions, and 2,920 runs of the timers with ten.
    expect(item(made, 'Storage, table transactions')?.quantity).toBeCloseTo(3_679_200, 3);
    expect(item(made, 'Storage, table transactions')?.cost).toBeCloseTo(3.6792, 6);
    expect(item(made, 'Storage, rows of one month')?.cost).toBeCloseTo(0.073, 6);
    // Three runs with four rows of 700 bytes each, 10 bytes of its own, and the line about routing; 0.3 GB come anyway.
    const gigabytes = 0.3 + (730_000 * (10 + 550 + 12 * 700)) / 1e9;
    expect(item(made, 'Log Analytics')?.quantity).toBeCloseTo(gigabytes, 6);
    expect(item(made, 'Log Analytics')?.cost).toBeCloseTo((gigabytes - 1) * 2, 6);
  });

  it('prices logs up to the cap of each day, and says when they stop', () => {
    // 0.3 + 730,000 × 8,960 bytes are 6.8408 GB in 730 ÷ 24 days.
    const written = 0.3 + (730_000 * 8_960) / 1e9;
    const logs = (logDailyCapGb: number) => estimate(load, { ...shape, logDailyCapGb }, basis);
    const taken = 0.1 * (730 / 24);
    expect(item(logs(0.1), 'Log Analytics')?.quantity).toBeCloseTo(taken, 6);
    expect(item(logs(0.1), 'Log Analytics')?.cost).toBeCloseTo((taken - 1) * 2, 6);
    expect(logs(0.1).logsStopAfter).toBeCloseTo(taken / written, 6);
    for (const made of [logs(1), estimate(load, shape, basis)]) {
      expect(item(made, 'Log Analytics')?.quantity).toBeCloseTo(written, 6);
      expect(made.logsStopAfter).toBeUndefined();
    }
  });

  it('sums up its items', () => {
    const { items, costPerMonth } = estimate(load, shape, basis);
    expect(costPerMonth).toBeCloseTo(
      items.reduce((sum, { cost }) => sum + cost, 0),
      6,
    );
  });

  it('prices the relay beyond what is free, and what several say to each other', () => {
    const alone = estimate(
      load,
      { ...shape, relay: { mode: 'single', replicas: 1, cpu: 0.25, memoryGib: 0.5 } },
      basis,
    );
    expect(item(alone, 'Container Apps, processor')).toMatchObject({ quantity: 657_000, unit: 'vCPU-seconds' });
    expect(item(alone, 'Container Apps, processor')?.cost).toBeCloseTo(55.7, 6);
    expect(item(alone, 'Container Apps, memory')?.cost).toBeCloseTo(11.14, 6);
    expect(item(alone, 'Container Registry')?.cost).toBeCloseTo(730 / 24, 6);
    const transactions = (made: Estimate) => item(made, 'Storage, table transactions')?.quantity ?? 0;
    const none = estimate(load, shape, basis);
    expect(transactions(alone)).toBe(transactions(none));
    expect(item(none, 'Container Registry')).toBeUndefined();
    for (const mode of ['standby', 'pair'] as const) {
      const two = estimate(load, { ...shape, relay: { mode, replicas: 2, cpu: 0.25, memoryGib: 0.5 } }, basis);
      expect(transactions(two) - transactions(none)).toBeCloseTo(2 * 2 * 2_628_000, 3);
      // A pair sends everything twice.
      const sent = (made: Estimate) => item(made, 'Service Bus Standard, operations')?.quantity ?? 0;
      expect(sent(two) - sent(none)).toBeCloseTo(mode === 'pair' ? 730_000 : 0, 3);
    }
  });

  it('prices alerts and the private network by what is deployed', () => {
    const made = estimate(load, { ...shape, metricAlertSeries: 20, logAlerts: 2, privateEndpoints: 4 }, basis);
    expect(item(made, 'Alerts on metrics')?.cost).toBeCloseTo(2, 6);
    expect(item(made, 'Alerts on logs')?.cost).toBe(2);
    expect(item(made, 'Private endpoints')?.cost).toBeCloseTo(29.2, 6);
    expect(made.serviceBus.enough).toBe('Premium');
    expect(item(estimate(load, shape, basis), 'Private endpoints')).toBeUndefined();
  });

  it('never falls when more events come, or more steps are done', () => {
    const premium = { ...shape, serviceBusSku: 'Premium' } as const;
    const alwaysReady = { ...shape, alwaysReady: { http: 2, 'function:deliver-nimbus': 1 } };
    const capped = { ...shape, logDailyCapGb: 1 };
    const many = fc.integer({ min: 0, max: 5_000_000 });
    const few = fc.integer({ min: 0, max: 12 });
    fc.assert(
      fc.property(
        fc.constantFrom(shape, premium, alwaysReady, capped),
        many,
        many,
        few,
        few,
        (anyShape, a, b, c, d) => {
          const costOf = (eventsPerDay: number, steps: number) =>
            estimate({ ...load, eventsPerDay, steps }, anyShape, basis).costPerMonth;
          const [lessEvents, moreEvents] = [Math.min(a, b), Math.max(a, b)];
          const [lessSteps, moreSteps] = [Math.min(c, d), Math.max(c, d)];
          const tiny = 1e-6;
          expect(costOf(moreEvents, lessSteps)).toBeGreaterThanOrEqual(costOf(lessEvents, lessSteps) - tiny);
          expect(costOf(lessEvents, moreSteps)).toBeGreaterThanOrEqual(costOf(lessEvents, lessSteps) - tiny);
        },
      ),
    );
  });
});

describe('the shape of a deployment', () => {
  it('is that of the parameters file', () => {
    expect(deploymentShape({ environment: 'dev', relay: 'none', privateNetwork: false })).toMatchObject({
      serviceBusSku: 'Standard',
      instanceMemoryMB: 2048,
      alwaysReady: {},
      zoneRedundantStorage: false,
      relay: { replicas: 0 },
      logDailyCapGb: 1,
      privateEndpoints: 0,
    });
    expect(deploymentShape({ environment: 'prod', relay: 'none', privateNetwork: true })).toMatchObject({
      serviceBusSku: 'Premium',
      messagingUnits: 1,
      alwaysReady: { http: 2, 'function:route-events': 2, 'function:deliver-nimbus': 2 },
      zoneRedundantStorage: true,
      logDailyCapGb: undefined,
      privateEndpoints: 4,
      natGateways: 1,
      publicAddresses: 1,
      privateDnsZones: 4,
    });
  });

  it('has the relay and the memory that were asked for', () => {
    const dev = { environment: 'dev', privateNetwork: false } as const;
    expect(deploymentShape({ ...dev, relay: 'single' }).relay).toEqual({
      mode: 'single',
      replicas: 1,
      cpu: 0.25,
      memoryGib: 0.5,
    });
    expect(deploymentShape({ ...dev, relay: 'pair' }).relay).toMatchObject({ replicas: 2 });
    expect(deploymentShape({ ...dev, relay: 'none', instanceMemoryMB: 512 }).instanceMemoryMB).toBe(512);
  });

  it('has a relay of the size that the parameters file gives it', () => {
    for (const environment of ['dev', 'prod'] as const) {
      const { relay } = deploymentShape({ environment, relay: 'pair', privateNetwork: false });
      const variables = { DEPLOY_RELAY: 'true', SERVICE_RELAY_IMAGE_NAME: 'relay' };
      const { resources } = deploy(resolve(appFolder, `infra/${environment}.bicepparam`), { environment: variables });
      const app = resources.find(({ type }) => type === 'Microsoft.App/containerApps');
      expect(app?.body).toMatchObject({
        properties: {
          template: { containers: [{ resources: { cpu: relay.cpu, memory: `${relay.memoryGib.toFixed(1)}Gi` } }] },
        },
      });
    }
  });

  it('watches a series for each entity where a rule looks at all of them', () => {
    // failed, and without it 6 entities for "waiting"; three rules for each of 7; four queues for "retrying"; one for the
    // functions.
    const { metricAlertSeries } = deploymentShape({ environment: 'dev', relay: 'none', privateNetwork: false });
    expect(metricAlertSeries).toBe(1 + 6 + 3 * 7 + 4 + 1);
  });
});
