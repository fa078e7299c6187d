import { describe, expect, it } from 'vitest';
import { activeSeconds, functionsItems, instancesNeeded } from '../../../../infra/tools/cost/functions.ts';
import { operationsOfEvent } from '../../../../infra/tools/cost/operations.ts';
import { cpu, operations, prices, shape } from './fixtures.ts';

const MONTH = 2_628_000;

describe('active seconds', () => {
  it('are at least one for a run that is alone', () => {
    // One run in a million seconds: hardly any overlap.
    expect(activeSeconds(1e-6, 50, 1)).toBeCloseTo(MONTH * 1e-6, 3);
    expect(activeSeconds(1e-6, 2_500, 1)).toBeCloseTo(MONTH * 2.5e-6, 3);
  });

  it('are shared by runs that overlap, up to all seconds of all instances', () => {
    expect(activeSeconds(1, 50, 1)).toBeCloseTo(MONTH * (1 - Math.exp(-1)), 3);
    expect(activeSeconds(1_000, 50, 1)).toBeCloseTo(MONTH, 3);
    expect(activeSeconds(1_000, 50, 2)).toBeCloseTo(2 * MONTH, 3);
    expect(activeSeconds(2, 50, 2)).toBeCloseTo(2 * MONTH * (1 - Math.exp(-1)), 3);
  });
});

describe('instances', () => {
  it('are as many as the runs at once and the processor need', () => {
    expect(instancesNeeded({ runsPerSecond: 1, durationMs: 100, cpuMs: 1 }, 1)).toBe(1);
    // 320 runs at once, 16 on each.
    expect(instancesNeeded({ runsPerSecond: 1_600, durationMs: 200, cpuMs: 0 }, 1)).toBe(20);
    // Three seconds of work in a second, on half-size cores.
    expect(instancesNeeded({ runsPerSecond: 1_000, durationMs: 0, cpuMs: 3 }, 0.5)).toBe(6);
  });
});

describe('what functions cost', () => {
  // 24,000 a day.
  const load = { eventsPerSecond: 24_000 / 86_400, vendorLatencyMs: 100, tableTransactionsPerStep: 4, cpu };
  const withSteps = (steps: number) => ({ ...load, steps, counts: operationsOfEvent(operations, steps) });

  it('is runs and seconds beyond what is free, on demand', () => {
    const [executions, onDemand, ...more] = functionsItems(withSteps(0), shape, prices);
    // 730,000 events with two runs, and two timers four times an hour.
    expect(executions?.quantity).toBeCloseTo(1_465_840, 3);
    expect(executions?.cost).toBeCloseTo(1.455_84, 6);
    // Two groups, each busy for a second at a time, and the timers; 2 GB.
    const gbSeconds = 2 * (2 * MONTH * (1 - Math.exp(-24_000 / 86_400)) + 5_840);
    expect(onDemand?.quantity).toBeCloseTo(gbSeconds, 3);
    expect(onDemand?.cost).toBeCloseTo((gbSeconds - 1_000) * 0.0001, 6);
    expect(more).toEqual([]);
  });

  it('has a group of instances for each delivery function, four at most', () => {
    const seconds = (steps: number) => functionsItems(withSteps(steps), shape, prices)[1]?.quantity ?? 0;
    const one = 2 * MONTH * (1 - Math.exp(-24_000 / 86_400));
    for (const steps of [1, 2, 3, 4]) expect(seconds(steps) - seconds(0)).toBeCloseTo(steps * one, 3);
    expect(seconds(8) - seconds(0)).toBeCloseTo(4 * 2 * MONTH * (1 - Math.exp((-2 * 24_000) / 86_400)), 3);
  });

  it('pays for the time that vendors take', () => {
    const slow = (vendorLatencyMs: number) =>
      functionsItems({ ...withSteps(1), vendorLatencyMs }, shape, prices)[1]?.quantity ?? 0;
    // 2 ms of work, five operations, and the vendor: beyond a second each ms counts.
    expect(slow(948)).toBe(slow(0));
    const busy = (seconds: number) => 2 * MONTH * -Math.expm1((-seconds * 24_000) / 86_400);
    expect(slow(1_948) - slow(0)).toBeCloseTo(busy(2) - busy(1), 3);
  });

  it('counts always-ready instances as they are and as they work, and gives nothing for free then', () => {
    const alwaysReady = { http: 2 };
    const [executions, onDemand, baseline, active] = functionsItems(withSteps(0), { ...shape, alwaysReady }, prices);
    expect(executions?.cost).toBeCloseTo(1.465_84, 6);
    expect(baseline?.quantity).toBe(2 * MONTH * 2);
    expect(baseline?.cost).toBeCloseTo(105.12, 6);
    const http = 2 * 2 * MONTH * (1 - Math.exp(-12_000 / 86_400));
    expect(active?.quantity).toBeCloseTo(http, 3);
    expect(active?.cost).toBeCloseTo(http * 0.00005, 6);
    expect(onDemand?.quantity).toBeCloseTo(2 * (MONTH * (1 - Math.exp(-24_000 / 86_400)) + 5_840), 3);
  });
});
