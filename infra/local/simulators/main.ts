import { parseArgs } from 'node:util';
import { startAcdSimulator } from './acd/simulator.ts';
import type { SimulatorOptions } from './common/simulator.ts';
import { startDataverseSimulator } from './dataverse/simulator.ts';
import { startEnreachSimulator } from './enreach/simulator.ts';
import { startLucsSimulator } from './lucs/simulator.ts';
import { startNimbusSimulator } from './nimbus/simulator.ts';

/** The part of a simulator that this process needs. */
interface Started {
  readonly baseUrl: string;
  close(): Promise<void>;
}

const starters: Readonly<Record<string, (options: SimulatorOptions) => Promise<Started>>> = {
  nimbus: startNimbusSimulator,
  lucs: startLucsSimulator,
  acd: startAcdSimulator,
  crm: startDataverseSimulator,
  enreach: startEnreachSimulator,
};

/** Starts each simulator whose port is given, and runs until it is told to stop or its parent is gone. */
async function main(): Promise<void> {
  const ports = readPorts(process.argv.slice(2));
  const started = new Map<string, Started>();
  const closeAll = async () => {
    await Promise.all([...started.values()].map((simulator) => simulator.close()));
  };
  const stop = () => {
    closeAll().then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  process.once('disconnect', stop);

  try {
    for (const [name, port] of ports) {
      const simulator = await starters[name]?.({ port });
      if (simulator !== undefined) started.set(name, simulator);
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
  const simulators = Object.fromEntries([...started].map(([name, { baseUrl }]) => [name, baseUrl]));
  if (process.send !== undefined) process.send({ type: 'ready', simulators });
  else for (const [name, baseUrl] of Object.entries(simulators)) console.log(`${name} simulator: ${baseUrl}`);
}

/**
 * Reads `--nimbus-port 7101` and its like. Throws on an unknown option and on what is no port, and when none is given.
 */
function readPorts(args: string[]): [name: string, port: number][] {
  const names = Object.keys(starters);
  const options = Object.fromEntries(names.map((name) => [`${name}-port`, { type: 'string' } as const]));
  const { values } = parseArgs({ args, options });
  const ports = names.flatMap((name): [string, number][] => {
    const given = values[`${name}-port`];
    if (given === undefined) return [];
    const port = Number(given);
    if (!/^\d+$/.test(given) || port > 65_535)
      throw new Error(`--${name}-port must be a port from 0 to 65535, not "${given}".`);
    return [[name, port]];
  });
  if (ports.length === 0) {
    throw new Error(
      `Nothing to start. Give at least one of: ${names.map((name) => `--${name}-port <port>`).join(', ')}.`,
    );
  }
  return ports;
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

main().catch(fail);
