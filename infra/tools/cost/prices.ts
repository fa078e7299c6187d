import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../../../shared/errors.ts';
import * as z from '../../../shared/zod.ts';

const price = z.strictObject({
  /** In the file's currency; for what is free of charge, how much of it. */
  price: z.number().check(z.nonnegative()),
  /** What it is for. */
  per: z.string(),
  /** The page that it was taken from, or `assumed`. */
  source: z.string(),
  note: z.optional(z.string()),
});

const priceFile = z.strictObject({
  /** The day on which the prices were put together. */
  collected: z.iso.date(),
  currency: z.string(),
  region: z.string(),
  prices: z.strictObject({
    serviceBusStandardHour: price,
    serviceBusMillionOperationsFrom13M: price,
    serviceBusMillionOperationsFrom100M: price,
    serviceBusMillionOperationsFrom2500M: price,
    serviceBusPremiumUnitHour: price,
    functionsMillionExecutions: price,
    functionsOnDemandGbSecond: price,
    functionsAlwaysReadyIdleGbSecond: price,
    functionsAlwaysReadyActiveGbSecond: price,
    functionsFreeGbSeconds: price,
    functionsFreeExecutions: price,
    tableMillionTransactions: price,
    blobMillionTransactions: price,
    storageGbMonth: price,
    zoneRedundantStorageGbMonth: price,
    containerVcpuSecond: price,
    containerGibSecond: price,
    containerFreeVcpuSeconds: price,
    containerFreeGibSeconds: price,
    registryDay: price,
    logGb: price,
    logFreeGb: price,
    keyVaultTenThousandOperations: price,
    metricAlertSeriesMonth: price,
    logAlertMonth: price,
    privateEndpointHour: price,
    natGatewayHour: price,
    publicAddressHour: price,
    privateDnsZoneMonth: price,
  }),
});

export type PriceFile = z.infer<typeof priceFile>;
export type Prices = PriceFile['prices'];

const shippedPrices = resolve(import.meta.dirname, 'prices.json');

/** @throws ConfigurationError that lists every problem of the file. */
export function readPrices(file = shippedPrices): PriceFile {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError('The prices can’t be read', [`${file}: ${reason}`], { cause });
  }
  const parsed = z.safeParse(priceFile, content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`);
  throw new ConfigurationError('The prices can’t be read', problems);
}

/** Names of the prices that no source stands behind. */
export function assumedPrices({ prices }: PriceFile): string[] {
  return Object.entries(prices).flatMap(([name, { source }]) => (source === 'assumed' ? [name] : []));
}
