import { run as brokerLatency } from './broker-latency.ts';
import { run as cold } from './cold.ts';
import { run as cost } from './cost.ts';
import { run as relay } from './relay.ts';
import { run as webhookToVendor } from './webhook-to-vendor.ts';

/** `npm run bench [-- name…]`: measures and prints; nothing passes or fails. */
const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  'broker-latency': brokerLatency,
  cold,
  cost,
  'webhook-to-vendor': webhookToVendor,
  relay,
};

const names = process.argv.slice(2);
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(`\n${name}`);
  await run();
}
