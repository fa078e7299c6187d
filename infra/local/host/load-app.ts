import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../../../shared/errors.ts';
import { type AppFile, findAppFiles } from './app-files.ts';
import { isDisabled } from './app-settings.ts';
import type { Core } from './core.ts';
import { addReadOnly } from './hooks.ts';
import { type RetryPolicy, readRetryOptions } from './retry-policy.ts';
import type { FunctionCallback, FunctionMetadata, ProgrammingModel } from './rpc.ts';
import { readTrigger, type Trigger } from './triggers.ts';

/** A function of the app, ready to be served. */
export interface LoadedFunction {
  name: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
  trigger: Trigger;
  retry: RetryPolicy | undefined;
  disabled: boolean;
}

export interface LoadedApp {
  model: ProgrammingModel;
  /** Sorted by name, ordinal and ignoring case: the order in which routes are tried. */
  functions: LoadedFunction[];
  capabilities: Record<string, string>;
  /** Runs the app's `appTerminate` hooks. */
  terminate(): Promise<void>;
}

/** What the Node worker offers; an app adds to it with `app.setup({ capabilities })`. */
const workerCapabilities: Readonly<Record<string, string>> = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

/**
 * Loads a built function app in the Node worker's order: its files, `appStart` hooks, capabilities, then no more
 * registration. The core module must be installed already.
 *
 * @throws {ConfigurationError} when nothing was registered, or a function cannot be served; all problems at once.
 */
export async function loadApp(appDir: string, core: Core, env: NodeJS.ProcessEnv): Promise<LoadedApp> {
  const files = await findAppFiles(appDir);
  for (const file of files) await load(appDir, file);
  const { model } = core;
  if (model === undefined) {
    throw new ConfigurationError(`The function app in ${appDir} registered nothing`, [
      `${files.map(({ file }) => path.relative(appDir, file)).join(', ')} did not call @azure/functions, or called a copy that was loaded before this host`,
    ]);
  }
  const { hooks } = core;
  await runAppHooks(core, 'appStart', { functionAppDirectory: appDir });
  const capabilities = await model.getCapabilities({ ...workerCapabilities });
  core.lock();
  return {
    model,
    functions: readFunctions(appDir, core, env, capabilities),
    capabilities,
    terminate: () => hooks.run('appTerminate', appHookContext(core, {})),
  };
}

async function load(appDir: string, { file, esModule }: AppFile): Promise<void> {
  try {
    if (esModule) await import(pathToFileURL(file).href);
    else createRequire(path.join(appDir, 'package.json'))(file);
  } catch (cause) {
    throw new Error(`The function app's file ${file} fails while loading`, { cause });
  }
}

async function runAppHooks(core: Core, name: 'appStart', members: Record<string, unknown>): Promise<void> {
  try {
    await core.hooks.run(name, appHookContext(core, members));
  } catch (cause) {
    throw new Error(`An ${name} hook of the function app fails`, { cause });
  }
}

function appHookContext(core: Core, members: Record<string, unknown>): object {
  const context = {};
  addReadOnly(context, { hookData: core.hooks.appLevelHookData, appHookData: core.hooks.appHookData, ...members });
  return context;
}

function readFunctions(
  appDir: string,
  core: Core,
  env: NodeJS.ProcessEnv,
  capabilities: Record<string, string>,
): LoadedFunction[] {
  const problems: string[] = [];
  if (capabilities.HttpUri !== undefined) {
    problems.push('app.setup({ enableHttpStream: true }) is not supported by this host');
  }
  const functions: LoadedFunction[] = [];
  const names = new Map<string, string>();
  for (const { metadata, callback } of core.functions.values()) {
    const { name } = metadata;
    const report = (problem: string): void => {
      problems.push(`function '${name}': ${problem}`);
    };
    const twin = names.get(name.toLowerCase());
    if (twin !== undefined) report(`its name differs from '${twin}' in nothing but case`);
    names.set(name.toLowerCase(), name);
    const trigger = readTrigger(metadata, env, report);
    const retry = metadata.retryOptions && readRetryOptions(metadata.retryOptions, report);
    if (trigger !== undefined) {
      functions.push({ name, metadata, callback, trigger, retry, disabled: isDisabled(name, env) });
    }
  }
  if (core.functions.size === 0) problems.push('it registered no function');
  if (problems.length > 0) throw new ConfigurationError(`The function app in ${appDir} cannot be served`, problems);
  return functions.sort((a, b) => compareOrdinalIgnoreCase(a.name, b.name));
}

/** .NET's `StringComparer.OrdinalIgnoreCase`: upper-cased, then by code unit. */
function compareOrdinalIgnoreCase(a: string, b: string): number {
  const [left, right] = [a.toUpperCase(), b.toUpperCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
