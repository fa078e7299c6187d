import { constants, copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../shared/errors.ts';
import { appFolder, buildApp, buildRelay } from '../tools/build.ts';
import { describeStack } from './describe-stack.ts';
import { readLocalSettings } from './host/local-settings.ts';
import { defaultPorts, type Ports } from './stack/addresses.ts';
import { ChildError } from './stack/child.ts';
import { portsInUse } from './stack/ports-in-use.ts';
import { type Stack, startStack } from './stack/stack.ts';

export interface StartOptions {
  /** Path of local.settings.json; it is made from the sample when it is missing. */
  readonly settingsFile: string;
  /** Where Azurite and the embedded Service Bus keep their data. */
  readonly dataFolder: string;
  /** The settings file's own port of the host wins. */
  readonly ports: Ports;
  /** Runs Azure Functions Core Tools in place of the local host. */
  readonly useFunc: boolean;
}

/** Builds the app and runs everything on this machine until Ctrl+C, which ends this process. */
export async function start({ settingsFile, dataFolder, ports: usual, useFunc }: StartOptions): Promise<void> {
  const startedMs = Date.now();
  if (await copyIfMissing(resolve(appFolder, 'local.settings.sample.json'), settingsFile)) {
    console.log(`${settingsFile} was made from local.settings.sample.json`);
  }
  const { port } = await readLocalSettings(settingsFile);
  const ports = { ...usual, http: port ?? usual.http };
  const taken = await portsInUse(ports);
  if (taken.length > 0) throw new ConfigurationError('Not everything can listen', taken);

  await Promise.all([buildApp(), buildRelay()]);
  let stack: Stack | undefined;
  let stopping = false;
  const stop = async (exitCode: number) => {
    if (stopping) return;
    stopping = true;
    // What is still starting ends with this process.
    await stack?.stop();
    process.exit(exitCode);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));

  stack = await startStack({
    appFolder,
    settingsFile,
    dataFolder,
    ports,
    environment: process.env,
    useFunc,
    relays: 1,
    onLine: (part, line) => {
      if (!isChatter(line)) console.log(part === 'host' ? line : `[${part}] ${line}`);
    },
    onGivenUp: (error) => {
      console.error(messageOf(error));
      void stop(1);
    },
  });
  console.log(describeStack(stack, Date.now() - startedMs));
}

/** Azurite reports every step of its starting and stopping; the table says it in one place. */
function isChatter(line: string): boolean {
  return /^Azurite \w+ service (is|successfully)/.test(line);
}

/** Prints what the user can act on, and ends this process with 1. */
export function fail(error: unknown): never {
  console.error(messageOf(error));
  process.exit(1);
}

async function copyIfMissing(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof ChildError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** `npm start [-- --func]` */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { func: { type: 'boolean', default: false } } });
  await start({
    settingsFile: resolve(appFolder, 'local.settings.json'),
    dataFolder: resolve(appFolder, '.local'),
    ports: defaultPorts,
    useFunc: values.func,
  });
}

if (process.argv[1] === import.meta.filename) main().catch(fail);
