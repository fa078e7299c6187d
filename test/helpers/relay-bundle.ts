import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import * as z from '../../shared/zod.ts';

const bundle = resolve(import.meta.dirname, '../../dist/relay.cjs');
const readySchema = z.object({ type: z.literal('ready'), statusPort: z.int() });

/** The relay's bundle, run once, as a container runs it. */
export interface RunningBundle {
  /** Resolves with the address of the status server; rejects when the process ends before it has one. */
  readonly statusUrl: Promise<string>;
  readonly exitCode: Promise<number | null>;
  /** All it wrote. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

export function runRelayBundle(env: NodeJS.ProcessEnv): RunningBundle {
  const child = fork(bundle, [], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  // Its exit may come before the last of its output.
  const exitCode = once(child, 'close').then(([code]) => z.parse(z.nullable(z.int()), code));
  const statusUrl = Promise.race([
    once(child, 'message').then(([message]) => `http://127.0.0.1:${z.parse(readySchema, message).statusPort}`),
    exitCode.then((code) => {
      throw new Error(`the relay ended with ${code} before it was ready`);
    }),
  ]);
  statusUrl.catch(() => undefined);
  return { statusUrl, exitCode, output: () => output, kill: (signal) => void child.kill(signal) };
}
