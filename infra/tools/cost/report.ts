import { textTable } from '../text-table.ts';
import type { DeploymentShape } from './deployment.ts';
import type { Estimate } from './estimate.ts';
import type { CostOptions } from './options.ts';
import { assumedPrices, type PriceFile } from './prices.ts';
import type { TierAdvice } from './service-bus.ts';

/** What `npm run cost` prints for people. */
export function report(options: CostOptions, shape: DeploymentShape, made: Estimate, file: PriceFile): string[] {
  const { items, costPerMonth, serviceBus, logsStopAfter } = made;
  const { collected, currency, prices, region } = file;
  const steps = options.steps === 1 ? '1 step' : `${options.steps} steps`;
  const rows = [...items, { item: 'Total', quantity: undefined, unit: '', cost: costPerMonth }];
  return [
    `${number(options['events-per-day'])} events a day with ${steps} each; ${options.environment}, ${shape.instanceMemoryMB} MB, relay: ${options.relay}`,
    '',
    ...textTable(
      rows.map(({ item, quantity, unit, cost }) => ({
        item,
        'a month': quantity === undefined ? '' : number(quantity),
        unit,
        [currency]: cost.toFixed(2),
      })),
    ),
    '',
    advice(serviceBus, shape),
    `Operations of an event: ${serviceBus.operationsPerEvent.join(', ')} with messages of up to 64, 128, 192, 256 KB.`,
    `Peak: ${number(serviceBus.peakEventsPerSecond)} events and ${number(serviceBus.creditsPerSecondAtPeak)} credits per second.`,
    `Standard ends at ${number(serviceBus.standardEndsAtEventsPerDay)} events a day with ${serviceBus.creditsPerEvent} credits for each,`,
    `at ${number(serviceBus.documentedEndAtEventsPerDay)} if only what is documented costs credits.`,
    ...(logsStopAfter === undefined ? [] : [capped(logsStopAfter, shape)]),
    '',
    `Prices of ${collected} in ${currency}; ${assumedPrices(file).length} of ${Object.keys(prices).length} are assumed, without a source.`,
    'Check them against https://azure.microsoft.com/pricing/calculator/, and give your own with --prices.',
    `Region: ${region}.`,
  ];
}

function advice({ enough, reason }: TierAdvice, { serviceBusSku }: DeploymentShape): string {
  if (enough === serviceBusSku) return `${enough} is the right tier: ${reason}.`;
  return enough === 'Standard'
    ? `Standard would be enough: ${reason}.`
    : `Premium is needed, and the table has the price of Standard: ${reason}.`;
}

function capped(logsStopAfter: number, { logDailyCapGb = 0 }: DeploymentShape): string {
  const part = (logsStopAfter * 100).toFixed(0);
  return `Logs stop, and alerts on logs with them, after about ${part} % of each day: logDailyCapGb is ${logDailyCapGb}.`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });
}
