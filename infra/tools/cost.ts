import { ConfigurationError } from '../../shared/errors.ts';
import { readCpu } from './cost/cpu.ts';
import { deploymentShape } from './cost/deployment.ts';
import { estimate } from './cost/estimate.ts';
import { readOperations } from './cost/operations.ts';
import { readOptions, usage } from './cost/options.ts';
import { readPrices } from './cost/prices.ts';
import { report } from './cost/report.ts';

export interface CostOutput {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

/**
 * `npm run cost -- --events-per-day 100000 --steps 3`: what the bridge costs in Azure in a month, from operations that were
 * counted, processor time that was measured, what the Bicep files deploy, and a dated file of prices. True when it could say.
 */
export function cost(args: readonly string[], { print, complain }: CostOutput): boolean {
  const read = readOptions(args);
  if ('problems' in read) {
    for (const line of [...read.problems, '', usage]) complain(line);
    return false;
  }
  const { options } = read;
  try {
    const file = readPrices(options.prices);
    const basis = { operations: readOperations(), cpu: readCpu(), prices: file.prices };
    const shape = deploymentShape({
      environment: options.environment,
      relay: options.relay,
      privateNetwork: options['private-network'],
      instanceMemoryMB: options['instance-memory'],
    });
    const load = {
      eventsPerDay: options['events-per-day'],
      steps: options.steps,
      peakFactor: options['peak-factor'],
      vendorLatencyMs: options['vendor-latency-ms'],
      messageBytes: options['message-kb'] * 1_024,
    };
    const made = estimate(load, shape, basis);
    if (options.json) {
      const { collected, currency, region } = file;
      const prices = { collected, currency, region };
      print(JSON.stringify({ load, shape, prices, ...made }, undefined, 2));
    } else {
      for (const line of report(options, shape, made, file)) print(line);
    }
    return true;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    complain(error.message);
    return false;
  }
}

if (process.argv[1] === import.meta.filename) {
  const isSaid = cost(process.argv.slice(2), { print: console.log, complain: console.error });
  if (!isSaid) process.exitCode = 1;
}
