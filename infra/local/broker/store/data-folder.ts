import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import * as z from '../../../../shared/zod.ts';

const PROBE_TIMEOUT_MS = 500;

const holderSchema = z.object({ pid: z.int(), port: z.int() });

/**
 * Claims a data folder for the broker that listens on `port`: two brokers that write one log would destroy it.
 * A claim outlives a killed process, so it counts only while that process lives and its port answers.
 * Throws when another broker has the folder; gives the function that ends the claim.
 */
export async function claimDataFolder(dir: string, port: number): Promise<() => Promise<void>> {
  const path = join(dir, 'broker.lock');
  await mkdir(dir, { recursive: true });
  const holder = await readHolder(path);
  // Nobody else can be listening on our own port.
  if (holder !== undefined && holder.port !== port && isAlive(holder.pid) && (await answers(holder.port))) {
    throw new Error(
      `${dir} is in use by the embedded Service Bus on port ${holder.port} (process ${holder.pid}): ` +
        'stop it, or choose another data folder.',
    );
  }
  await writeFile(path, JSON.stringify({ pid: process.pid, port }));
  return () => rm(path, { force: true });
}

async function readHolder(path: string): Promise<z.infer<typeof holderSchema> | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // No claim, or one that was cut short.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: PROBE_TIMEOUT_MS });
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('timeout', () => finish(false));
  });
}
