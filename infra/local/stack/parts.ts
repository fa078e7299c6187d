import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import * as z from '../../../shared/zod.ts';
import type { Ports } from './addresses.ts';
import type { ChildSpec } from './child.ts';
import { FUNC_READY_TIMEOUT_MS } from './func.ts';

const local = resolve(import.meta.dirname, '..');
const relayBundle = resolve(import.meta.dirname, '../../../dist/relay.cjs');

/** What each program of the stack is told, and how its report is read. */
export interface Part<Report> {
  readonly spec: ChildSpec;
  readonly report: (ready: unknown) => Report;
}

export function serviceBusPart(port: number, dataFolder: string, onLine: ChildSpec['onLine']): Part<number> {
  const schema = z.object({ port: z.int() });
  return {
    spec: {
      name: 'Service Bus',
      file: join(local, 'broker/main.ts'),
      args: ['--port', String(port), '--data', join(dataFolder, 'service-bus')],
      onLine,
    },
    report: (ready) => z.parse(schema, ready).port,
  };
}

type AzuritePorts = Pick<Ports, 'blob' | 'queue' | 'table'>;

export function azuritePart(ports: AzuritePorts, dataFolder: string, onLine: ChildSpec['onLine']): Part<AzuritePorts> {
  const services = ['Blob', 'Queue', 'Table'];
  return {
    spec: {
      name: 'Azurite',
      file: createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
      args: [
        ...['--blobPort', String(ports.blob), '--queuePort', String(ports.queue), '--tablePort', String(ports.table)],
        ...['--location', join(dataFolder, 'azurite'), '--silent', '--disableTelemetry', '--skipApiVersionCheck'],
      ],
      readyLines: services.map(
        (service) => new RegExp(`^Azurite ${service} service is successfully listening at .*:(\\d+)$`),
      ),
      onLine,
    },
    report: (ready) => {
      const [blob, queue, table] = z.parse(z.tuple([z.string(), z.string(), z.string()]), ready).map(Number);
      return { blob: blob ?? 0, queue: queue ?? 0, table: table ?? 0 };
    },
  };
}

export const simulatorNames = ['nimbus', 'lucs', 'acd', 'crm', 'enreach'] as const;
export type SimulatorName = (typeof simulatorNames)[number];

/** Base URLs of the simulators that were asked for. */
export type SimulatorUrls = { readonly [name in SimulatorName]?: string | undefined };

export function simulatorsPart(
  ports: { readonly [name in SimulatorName]?: number },
  onLine: ChildSpec['onLine'],
): Part<SimulatorUrls> {
  const schema = z.object({ simulators: z.partialRecord(z.enum(simulatorNames), z.string()) });
  return {
    spec: {
      name: 'Simulators',
      file: join(local, 'simulators/main.ts'),
      args: Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]),
      onLine,
    },
    report: (ready) => z.parse(schema, ready).simulators,
  };
}

/** What serves the function app. */
export interface HostReport {
  readonly port: number;
}

export function hostPart(
  {
    port,
    appFolder,
    settingsFile,
    env,
  }: { port: number; appFolder: string; settingsFile: string; env: NodeJS.ProcessEnv },
  onLine: ChildSpec['onLine'],
): Part<HostReport & { functions: readonly string[] }> {
  const schema = z.object({ port: z.int(), functions: z.array(z.string()) });
  return {
    spec: {
      name: 'Functions host',
      file: join(local, 'host/main.ts'),
      args: ['--app', appFolder, '--port', String(port), '--settings', settingsFile],
      env,
      onLine,
    },
    report: (ready) => z.parse(schema, ready),
  };
}

/** The relay's bundle, with its status server on `port`. */
export function relayPart(
  { port, spoolFolder, env }: { port: number; spoolFolder: string; env: NodeJS.ProcessEnv },
  onLine: ChildSpec['onLine'],
): Part<number> {
  const schema = z.object({ statusPort: z.int() });
  return {
    spec: {
      name: 'RTE relay',
      file: relayBundle,
      args: [],
      env: { RELAY_SPOOL_FOLDER: spoolFolder, ...env, RELAY_STATUS_PORT: String(port) },
      onLine,
    },
    report: (ready) => z.parse(schema, ready).statusPort,
  };
}

/** Azure Functions Core Tools in place of the local host. */
export function funcPart(
  { port, appFolder, env }: { port: number; appFolder: string; env: NodeJS.ProcessEnv },
  onLine: ChildSpec['onLine'],
): Part<HostReport> {
  const schema = z.object({ port: z.int() });
  return {
    spec: {
      name: 'Core Tools',
      file: resolve(import.meta.dirname, 'func-main.ts'),
      args: ['--app', appFolder, '--port', String(port)],
      env,
      // Longer than the program itself waits: its own message says more.
      readyTimeoutMs: FUNC_READY_TIMEOUT_MS + 5_000,
      onLine,
    },
    report: (ready) => z.parse(schema, ready),
  };
}
