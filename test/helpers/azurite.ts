import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyPorts, azuriteConnectionString } from '../../infra/local/stack/addresses.ts';
import { startChild } from '../../infra/local/stack/child.ts';
import { azuritePart } from '../../infra/local/stack/parts.ts';

export interface RunningAzurite {
  readonly connectionString: string;
  stop(): Promise<void>;
}

/** Starts a real Azurite on ports that the system chooses, with its data in a folder that `stop` deletes. */
export async function startAzurite(): Promise<RunningAzurite> {
  const folder = await mkdtemp(join(tmpdir(), 'azurite-under-test-'));
  const { spec, report } = azuritePart(anyPorts, folder, () => undefined);
  const child = await startChild(spec);
  return {
    connectionString: azuriteConnectionString(report(child.ready)),
    async stop() {
      child.kill('SIGKILL');
      await child.ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
