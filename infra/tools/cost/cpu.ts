import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from '../../../shared/zod.ts';

const measuredCpu = z.strictObject({
  /** Day of the measurement. */
  measured: z.iso.date(),
  machine: z.string(),
  /** The command that measures it again. */
  how: z.string(),
  /** Of a webhook that no route wants, in ms: two runs. */
  cpuMsPerEvent: z.number().check(z.nonnegative()),
  /** Of one step, in ms. */
  cpuMsPerStep: z.number().check(z.nonnegative()),
});

export type MeasuredCpu = z.infer<typeof measuredCpu>;

export function readCpu(): MeasuredCpu {
  return z.parse(measuredCpu, JSON.parse(readFileSync(resolve(import.meta.dirname, 'cpu-per-event.json'), 'utf8')));
}
