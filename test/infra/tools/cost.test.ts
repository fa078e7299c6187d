import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';
import { usage } from '../../../infra/tools/cost/options.ts';
import { assumedPrices, readPrices } from '../../../infra/tools/cost/prices.ts';
import { cost } from '../../../infra/tools/cost.ts';
import * as z from '../../../shared/zod.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cost-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const isSaid = cost(args, {
    print: (line) => printed.push(line),
    complain: (line) => complaints.push(line),
  });
  return { isSaid, output: printed.join('\n'), complaints: complaints.join('\n') };
}

const withPrices = async (change: (file: ReturnType<typeof readPrices>) => unknown) => {
  const file = join(folder, 'prices.json');
  await writeFile(file, JSON.stringify(change(readPrices())));
  return file;
};

describe('npm run cost', () => {
  it('prints items, their sum, the tier, and where prices are from', () => {
    const { isSaid, output } = run('--events-per-day', '100000', '--steps', '3');
    expect(isSaid).toBe(true);
    expect(output).toMatch(/^100,000 events a day with 3 steps each; dev, 2048 MB, relay: none\n/);
    const costs = [...output.matchAll(/^\S.* {2}(\d+\.\d\d)$/gm)].map(([line, sum]) => ({ line, sum: Number(sum) }));
    const total = costs.pop();
    expect(total?.line).toMatch(/^Total /);
    expect(costs.length).toBeGreaterThan(8);
    expect(Math.abs((total?.sum ?? 0) - costs.reduce((sum, each) => sum + each.sum, 0))).toBeLessThan(0.1);
    expect(output).toContain('Standard is the right tier: ');
    expect(output).toMatch(/^Standard ends at [\d,]+ events a day with \d+ credits for each,$/m);
    const file = readPrices();
    expect(output).toContain(`Prices of ${file.collected} in USD; ${assumedPrices(file).length} of `);
  });

  it('says when the deployment that was priced is too small, or more than is needed', () => {
    expect(run('--events-per-day', '5000000', '--steps', '3').output).toContain(
      'Premium is needed, and the table has the price of Standard: Standard would refuse requests at the peak.',
    );
    expect(run('--events-per-day', '1000', '--environment', 'prod').output).toContain('Standard would be enough: ');
    expect(run('--events-per-day', '1000', '--environment', 'prod', '--private-network').output).toContain(
      'Premium is the right tier: only Premium has private endpoints.',
    );
  });

  it('says when logs stop at the cap of each day, and with them the alerts on logs', () => {
    const line = /^Logs stop, and alerts on logs with them, after about (\d+) % of each day: logDailyCapGb is 1\.$/m;
    const [, part] = line.exec(run('--events-per-day', '100000', '--steps', '3').output) ?? [];
    expect(Number(part)).toBeGreaterThan(0);
    expect(Number(part)).toBeLessThan(100);
    for (const args of [['1000'], ['2000000', '--environment', 'prod']]) {
      expect(run('--events-per-day', ...args).output).not.toContain('Logs stop');
    }
  });

  it('gives everything as JSON', () => {
    const args = ['--events-per-day', '1000', '--relay', 'pair', '--message-kb', '65', '--instance-memory', '512'];
    const made: unknown = JSON.parse(run(...args, '--json').output);
    expect(made).toMatchObject({
      load: { eventsPerDay: 1_000, steps: 1, peakFactor: 10, vendorLatencyMs: 150, messageBytes: 66_560 },
      shape: { serviceBusSku: 'Standard', instanceMemoryMB: 512, relay: { mode: 'pair', replicas: 2 } },
      prices: { currency: 'USD' },
      items: expect.arrayContaining([expect.objectContaining({ item: 'Container Apps, memory' })]),
      costPerMonth: expect.any(Number),
      serviceBus: { enough: 'Standard' },
    });
  });

  it('takes other prices', async () => {
    const file = await withPrices(({ prices, ...rest }) => ({
      ...rest,
      currency: 'CHF',
      prices: { ...prices, serviceBusStandardHour: { ...prices.serviceBusStandardHour, price: 10 } },
    }));
    const { output } = run('--events-per-day', '1', '--prices', file);
    expect(output).toMatch(/ CHF$/m);
    expect(output).toMatch(/^Service Bus Standard, base +730 +hours +7300\.00$/m);
  });

  it.each([
    [['--steps', '3'], '--events-per-day: '],
    [['--events-per-day', 'many'], '--events-per-day: '],
    [['--events-per-day', '-1'], '--events-per-day'],
    [['--events-per-day', '1', '--relay', 'three'], '--relay: '],
    [['--events-per-day', '1', '--peak-factor', '0.5'], '--peak-factor: '],
    [['--events-per-day', '1', '--message-kb', '0'], '--message-kb: '],
    [['--events-per-day', '1', '--instance-memory', '1024'], '--instance-memory: '],
    [['--events-per-day', '1', '--region', 'here'], '--region'],
  ])('%j is answered with the usage', (args, problem) => {
    const { isSaid, output, complaints } = run(...args);
    expect({ isSaid, output }).toEqual({ isSaid: false, output: '' });
    expect(complaints).toContain(problem);
    expect(complaints).toContain(usage);
  });

  it('names what is wrong with a file of prices', async () => {
    const file = await withPrices(({ prices: { logGb: _, ...prices }, ...rest }) => ({ ...rest, prices }));
    expect(run('--events-per-day', '1', '--prices', file)).toMatchObject({
      isSaid: false,
      output: '',
      complaints: expect.stringContaining('prices.logGb'),
    });
    expect(run('--events-per-day', '1', '--prices', join(folder, 'missing.json')).complaints).toContain('missing.json');
  });
});

describe('the shipped prices', () => {
  it('name their source, or are assumed', () => {
    for (const { source } of Object.values(readPrices().prices)) expect(source).toMatch(/^(https:\/\/\S+|assumed)$/);
  });
});

describe('infra/README.md', () => {
  let readme: string;

  beforeAll(async () => {
    readme = await readFile(resolve(appFolder, 'infra/README.md'), 'utf8');
  });

  const itemsSchema = z.object({ items: z.array(z.object({ item: z.string(), cost: z.number() })) });

  /** What the items of a deployment cost whose names match. */
  function costOf(names: RegExp, ...args: string[]): number {
    const { items } = z.parse(itemsSchema, JSON.parse(run('--events-per-day', '0', ...args, '--json').output));
    const costs = items.flatMap(({ item, cost: price }) => (names.test(item) ? [price] : []));
    expect(costs).not.toEqual([]);
    return costs.reduce((sum, price) => sum + price, 0);
  }

  it.each([
    ['serviceBusSku', () => costOf(/^Service Bus Standard/)],
    ['serviceBusCapacity', () => costOf(/^Service Bus Premium/, '--environment', 'prod')],
    // Six instances in prod.
    ['alwaysReady', () => costOf(/baseline/, '--environment', 'prod') / 6],
    ['relay', () => costOf(/^Container/, '--relay', 'single')],
    ['relay', () => costOf(/^Container/, '--relay', 'pair', '--environment', 'prod')],
    ['privateNetwork', () => costOf(/^(Private|NAT|Public)/, '--private-network')],
    ['alerts', () => costOf(/^Alerts/)],
  ])('says what %s costs', (parameter, expected) => {
    const row = readme.split('\n').find((line) => line.replaceAll('`', '').startsWith(`| ${parameter} |`));
    expect(row).toContain(`about ${Math.round(expected())} USD`);
  });

  it('shows what the tool prints', () => {
    const examples = [...readme.matchAll(/```console\n\$ npm run cost -- (.*)\n\n([^`]*)\n```/g)];
    expect(examples.map(([, args]) => /--events-per-day (\d+)/.exec(args ?? '')?.[1])).toEqual([
      '1000',
      '100000',
      '2000000',
    ]);
    for (const [, args = '', output] of examples) expect(run(...args.split(' ')).output).toBe(output);
  });
});
