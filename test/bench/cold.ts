import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type BuildOptions, build } from 'esbuild';
import { anyPorts, azuriteConnectionString, serviceBusConnectionString } from '../../infra/local/stack/addresses.ts';
import { type Child, startChild } from '../../infra/local/stack/child.ts';
import { azuritePart, serviceBusPart } from '../../infra/local/stack/parts.ts';
import { appFolder, buildApp } from '../../infra/tools/build.ts';
import { packageApp } from '../../infra/tools/package.ts';
import * as z from '../../shared/zod.ts';
import { nimbusFixture } from '../helpers/nimbus-fixtures.ts';
import { percentile } from './percentile.ts';

const RUNS = 11;
const WARM_UP = 2;

/** An app that does nothing, at the address that the bridge has its webhook at. */
const BARE_APP = `
import { app } from '@azure/functions';
app.http('nimbus-tasks', {
  methods: ['POST'], authLevel: 'function', route: 'nimbus/tasks', handler: async () => ({ status: 202 }),
});`;

/** Functions with other triggers have instances of their own on Flex Consumption; here they are switched off. */
const OTHER_FUNCTIONS = [
  ...['route-events', 'deliver-acd', 'deliver-crm', 'deliver-lucs', 'deliver-nimbus'],
  ...['keep-nimbus-webhooks', 'watch-nimbus-silence'],
];

const BUNDLED: BuildOptions = {
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['@azure/functions-core'],
  define: { 'import.meta.dirname': '__dirname' },
};

/** Lets the measured process say how much processor time it has used. */
const METER = `process.on('message', (message) => message === 'cpu' && process.send({ type: 'cpu', ...process.cpuUsage() }));`;

const readySchema = z.object({ type: z.literal('ready'), port: z.int() });
const cpuSchema = z.object({ type: z.literal('cpu'), user: z.number(), system: z.number() });

/** From the start of the process. */
export interface ColdStart {
  /** Functions are loaded, the port listens. */
  readonly readyMs: number;
  /** The first webhook is answered with 202. */
  readonly answerMs: number;
  /** Processor time until then, of all threads. */
  readonly cpuMs: number;
}

export interface ColdStarts {
  /** What served both apps. */
  readonly host: string;
  readonly bridge: ColdStart;
  readonly bareApp: ColdStart;
  /** How many times longer the bridge takes than an app of one function that does nothing. */
  readonly ratio: ColdStart;
}

/**
 * How long the packaged app takes from the start of its process to its first answer, by medians of alternating runs. Both apps are
 * served by the local host: as `npm start` runs it, and bundled, where no loading of TypeScript hides what the app takes.
 */
export async function run(): Promise<readonly ColdStarts[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cold-'));
  const children: Child[] = [];
  try {
    await buildApp();
    await packageApp(appFolder, { folder: join(folder, 'bridge'), archive: join(folder, 'bridge.zip') });
    await writeBareApp(join(folder, 'bare'));
    const hostSource = resolve(appFolder, 'infra/local/host/main.ts');
    const bundledHost = join(folder, 'host.cjs');
    await build({ ...BUNDLED, entryPoints: [hostSource], outfile: bundledHost });
    await writeFile(join(folder, 'meter.cjs'), METER);
    const bus = serviceBusPart(0, folder, () => undefined);
    const azurite = azuritePart(anyPorts, folder, () => undefined);
    for (const { spec } of [bus, azurite]) children.push(await startChild(spec));
    const [busChild, azuriteChild] = children;
    const env = {
      ...process.env,
      ServiceBus: serviceBusConnectionString(bus.report(busChild?.ready)),
      AzureWebJobsStorage: azuriteConnectionString(azurite.report(azuriteChild?.ready)),
      LUCS_BASE_URL: 'http://127.0.0.1:9',
      ACD_BASE_URL: 'http://127.0.0.1:9/rest/v1.0/7',
      ACD_TOKEN: 'token',
      CRM_BASE_URL: 'http://127.0.0.1:9',
      CRM_TOKEN: 'token',
      NIMBUS_BASE_URL: 'http://127.0.0.1:9',
      NIMBUS_TOKEN: 'token',
      ...Object.fromEntries(OTHER_FUNCTIONS.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true'])),
    };
    const meter = join(folder, 'meter.cjs');
    const results: ColdStarts[] = [];
    for (const [name, host, execArgv] of [
      ['local host', hostSource, ['--import', 'tsx']],
      ['local host, bundled', bundledHost, []],
    ] as const) {
      const start = { host, execArgv: [...execArgv, '--require', meter] };
      const samples = await alternate(
        () => coldStart({ ...start, app: join(folder, 'bridge'), env }),
        () => coldStart({ ...start, app: join(folder, 'bare'), env }),
      );
      results.push(report(name, medians(samples.bridge), medians(samples.bareApp)));
    }
    return results;
  } finally {
    for (const child of children) {
      child.kill('SIGKILL');
      await child.ended;
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function alternate(bridge: () => Promise<ColdStart>, bareApp: () => Promise<ColdStart>) {
  const samples = { bridge: [] as ColdStart[], bareApp: [] as ColdStart[] };
  for (let number = 0; number < WARM_UP + RUNS; number++) {
    const [first, second] = [await bareApp(), await bridge()];
    if (number < WARM_UP) continue;
    samples.bareApp.push(first);
    samples.bridge.push(second);
  }
  return samples;
}

async function writeBareApp(folder: string): Promise<void> {
  await mkdir(join(folder, 'dist'), { recursive: true });
  await writeFile(join(folder, 'host.json'), '{ "version": "2.0" }');
  await writeFile(join(folder, 'package.json'), '{ "name": "bare", "main": "dist/app.cjs" }');
  const stdin = { contents: BARE_APP, resolveDir: appFolder };
  await build({ ...BUNDLED, stdin, outfile: join(folder, 'dist/app.cjs') });
}

interface Measured {
  readonly host: string;
  readonly execArgv: readonly string[];
  readonly app: string;
  readonly env: NodeJS.ProcessEnv;
}

async function coldStart({ host, execArgv, app, env }: Measured): Promise<ColdStart> {
  const settings = resolve(appFolder, 'local.settings.sample.json');
  const startedMs = performance.now();
  const child = fork(host, ['--app', app, '--port', '0', '--settings', settings], {
    env,
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const [ready] = await Promise.race([once(child, 'message'), ended]);
  const { port } = z.parse(readySchema, ready);
  const readyMs = performance.now() - startedMs;
  const response = await fetch(`http://127.0.0.1:${port}/api/nimbus/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': 'local-function-key' },
    body: JSON.stringify(nimbusFixture('task-terminated-handled', { taskId: `cold-${startedMs}` })),
  });
  await response.arrayBuffer();
  const answerMs = performance.now() - startedMs;
  child.send('cpu');
  const [used] = await once(child, 'message');
  const { user, system } = z.parse(cpuSchema, used);
  child.kill('SIGKILL');
  await ended;
  if (response.status !== 202) throw new Error(`${app} answered ${response.status}`);
  return { readyMs, answerMs, cpuMs: (user + system) / 1_000 };
}

function medians(samples: readonly ColdStart[]): ColdStart {
  const median = (of: (sample: ColdStart) => number) => percentile(samples.map(of), 0.5);
  return {
    readyMs: median(({ readyMs }) => readyMs),
    answerMs: median(({ answerMs }) => answerMs),
    cpuMs: median(({ cpuMs }) => cpuMs),
  };
}

function report(host: string, bridge: ColdStart, bareApp: ColdStart): ColdStarts {
  const ratio = {
    readyMs: bridge.readyMs / bareApp.readyMs,
    answerMs: bridge.answerMs / bareApp.answerMs,
    cpuMs: bridge.cpuMs / bareApp.cpuMs,
  };
  const line = (name: string, of: ColdStart, digits: number) =>
    console.log(
      `${name.padEnd(10)} ready ${of.readyMs.toFixed(digits)}   first answer ${of.answerMs.toFixed(digits)}   processor ${of.cpuMs.toFixed(digits)}`,
    );
  console.log(`${host}, Node ${process.version}, medians of ${RUNS} runs, ms`);
  line('bridge', bridge, 0);
  line('bare app', bareApp, 0);
  line('ratio', ratio, 2);
  return { host, bridge, bareApp, ratio };
}
