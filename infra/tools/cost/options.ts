import { parseArgs } from 'node:util';
import * as z from '../../../shared/zod.ts';
import { environments, relayModes } from './deployment.ts';

export const usage = `Usage: npm run cost -- --events-per-day <number> [options]

  --steps <number>              steps that an event leads to (default: 1)
  --environment <dev|prod>      the parameters file that is priced (default: dev)
  --relay <none|single|standby|pair>   (default: none)
  --private-network             with private endpoints
  --instance-memory <512|2048|4096>    in MB (default: the parameters file's)
  --peak-factor <number>        events of the busiest second, as a multiple of the average (default: 10)
  --vendor-latency-ms <number>  how long a destination takes to answer (default: 150)
  --message-kb <number>         size of an event's message (default: 4)
  --prices <file>               prices in place of infra/tools/cost/prices.json
  --json                        for programs`;

/** A number as people write it, without exponent or sign. */
const decimal = z.pipe(z.string().check(z.regex(/^\d{1,12}(\.\d{1,6})?$/)), z.transform(Number));
const whole = z.pipe(z.string().check(z.regex(/^\d{1,12}$/)), z.transform(Number));

const options = z.strictObject({
  'events-per-day': whole,
  steps: z._default(whole, 1),
  environment: z._default(z.enum(environments), 'dev'),
  relay: z._default(z.enum(relayModes), 'none'),
  'private-network': z._default(z.boolean(), false),
  'instance-memory': z.optional(z.pipe(z.enum(['512', '2048', '4096']), z.transform(Number))),
  'peak-factor': z._default(decimal.check(z.gte(1)), 10),
  'vendor-latency-ms': z._default(decimal, 150),
  'message-kb': z._default(decimal.check(z.gt(0)), 4),
  prices: z.optional(z.string()),
  json: z._default(z.boolean(), false),
});

export type CostOptions = z.infer<typeof options>;

/** What the arguments ask for, or what is wrong with them. */
export function readOptions(args: readonly string[]): { options: CostOptions } | { problems: string[] } {
  let values: Readonly<Record<string, unknown>>;
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    ({ values } = parseArgs({
      args: [...args],
      options: {
        'events-per-day': text,
        steps: text,
        environment: text,
        relay: text,
        'private-network': flag,
        'instance-memory': text,
        'peak-factor': text,
        'vendor-latency-ms': text,
        'message-kb': text,
        prices: text,
        json: flag,
      },
    }));
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const parsed = z.safeParse(options, values);
  if (parsed.success) return { options: parsed.data };
  return { problems: parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`) };
}
