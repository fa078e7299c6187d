import { constants, copyFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../shared/errors.ts';
import { appFolder, buildApp } from '../tools/build.ts';
import { describeStack } from './describe-stack.ts';
import { readLocalSettings } from './host/local-settings.ts';
import { defaultPorts } from './stack/addresses.ts';
import { ChildError } from './stack/child.ts';
import { portsInUse } from './stack/ports-in-use.ts';
import { type Stack, startStack } from './stack/stack.ts';

/** `npm start [-- --func]`: builds the app and runs everything on this machine until Ctrl+C. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { func: { type: 'boolean', default: false } } });
  const startedMs = Date.now();
  const settingsFile = resolve(appFolder, 'local.settings.json');
  if (await copyIfMissing(resolve(appFolder, 'local.settings.sample.json'), settingsFile)) {
    console.log('local.settings.json was made from local.settings.sample.json');
  }
  const { port } = await readLocalSettings(settingsFile);
  const ports = { ...defaultPorts, http: port ?? defaultPorts.http };
  const taken = await portsInUse(ports);
  if (taken.length > 0) throw new ConfigurationError('Not everything can listen', taken);

  await buildApp();
  let stack: Stack | undefined;
  let stopping = false;
  const stop = async (exitCode: number) => {
    if (stopping) return;
    stopping = true;
    await stack?.stop();
    process.exit(exitCode);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));

  stack = await startStack({
    appFolder,
    settingsFile,
    dataFolder: resolve(appFolder, '.local'),
    ports,
    environment: process.env,
    useFunc: values.func,
    onLine: (part, line) => console.log(part === 'host' ? line : `[${part}] ${line}`),
    onGivenUp: (error) => {
      console.error(messageOf(error));
      void stop(1);
    },
  });
  if (stopping) return stack.stop();
  console.log(describeStack(stack, Date.now() - startedMs));
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

main().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exit(1);
});
