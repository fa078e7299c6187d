import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { AppServer } from './app-server.ts';
import { printRecord } from './console-log.ts';
import { Core, installCore } from './core.ts';
import { FunctionRunner } from './function-runner.ts';
import { readHostJson } from './host-json.ts';
import type { FunctionKeys } from './keys.ts';
import { loadApp } from './load-app.ts';
import { describeError, HostLog, type LogSink } from './log.ts';

export interface HostOptions {
  /** The folder with package.json, whose `main` names the built files, and host.json. */
  appDir: string;
  /** 0 takes a free port. */
  port: number;
  /** Where connections, `%NAME%` and `AzureWebJobs.<name>.Disabled` are looked up. The app itself reads `process.env`. */
  env: NodeJS.ProcessEnv;
  keys: FunctionKeys;
  log?: LogSink;
  clock?: () => number;
  /** How long `stop` waits for running invocations. */
  stopTimeoutMs?: number;
}

export interface RunningHost {
  port: number;
  /** The names of the functions being served, sorted; disabled ones are left out. */
  functions: string[];
  /** Takes no new work, waits for running invocations, runs the `appTerminate` hooks. */
  stop(): Promise<void>;
}

const defaultStopTimeoutMs = 10_000;
let appLoaded = false;

/**
 * Loads a built function app and serves its HTTP, timer and Service Bus functions.
 *
 * One app per process: `@azure/functions` remembers its first host for ever.
 *
 * @throws {ConfigurationError} when files, settings, routes or triggers are wrong; all problems of a kind at once.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const appDir = path.resolve(options.appDir);
  const clock = options.clock ?? Date.now;
  const config = await readHostJson(path.join(appDir, 'host.json'));
  const log = new HostLog({ sink: options.log ?? printRecord, levels: config.logLevels, clock });
  if (appLoaded) throw new Error('This process has loaded a function app before; start a new process for another one.');
  appLoaded = true;
  const core = new Core(log);
  const uninstall = installCore(core.module);
  try {
    const app = await loadApp(appDir, core, options.env);
    const runner = new FunctionRunner({
      model: app.model,
      hooks: core.hooks,
      log,
      clock,
      functionTimeoutMs: config.functionTimeoutMs,
      newId: randomUUID,
      randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    });
    const stopTimeoutMs = options.stopTimeoutMs ?? defaultStopTimeoutMs;
    const server = new AppServer({
      app,
      config,
      runner,
      keys: options.keys,
      env: options.env,
      log,
      clock,
      stopTimeoutMs,
    });
    const port = await server.start(options.port);
    const stop = async (): Promise<void> => {
      await server.stop();
      await app.terminate().catch((error: unknown) => {
        log.host('error', `An appTerminate hook of the function app fails: ${describeError(error)}`);
      });
      uninstall();
    };
    let stopped: Promise<void> | undefined;
    return {
      port,
      functions: app.functions.filter(({ disabled }) => !disabled).map(({ name }) => name),
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    uninstall();
    throw error;
  }
}
