import { parseArgs } from 'node:util';
import { splitDispositionsByOutcome } from '../../../shared/bus/rhea-outcomes.ts';
import { ConfigurationError } from '../../../shared/errors.ts';
import { startHost } from './host.ts';
import { PortInUseError } from './http-server.ts';
import { type LocalSettings, readLocalSettings, withSettings } from './local-settings.ts';
import { describeError } from './log.ts';

/**
 * The process of the local Functions host: `--app <dir> [--port 7071] [--settings <local.settings.json>]`.
 *
 * Sends `{ type: 'ready', port, functions }` to its parent; ends with 0 on SIGINT, SIGTERM and when the parent goes away,
 * with 1 and a message on standard error when it cannot start.
 */
async function main(): Promise<void> {
  const { app, port, settings: file } = readArguments();
  const settings: LocalSettings | undefined = file === undefined ? undefined : await readLocalSettings(file);
  Object.assign(process.env, withSettings(process.env, settings?.values ?? {}));
  splitDispositionsByOutcome();
  const host = await startHost({
    appDir: app,
    port: port ?? settings?.port ?? 7071,
    env: process.env,
    keys: settings?.keys ?? {},
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    host.stop().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  process.send?.({ type: 'ready', port: host.port, functions: host.functions });
}

function readArguments(): { app: string; port: number | undefined; settings: string | undefined } {
  const { values } = parseArgs({
    options: { app: { type: 'string' }, port: { type: 'string' }, settings: { type: 'string' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  const problems: string[] = [];
  if (values.app === undefined) problems.push('--app is missing: the folder with package.json and host.json');
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    problems.push(`--port must be a number from 0 to 65535, not '${values.port}'`);
  }
  if (problems.length > 0) throw new ConfigurationError('The local Functions host cannot start', problems);
  return { app: values.app ?? '', port, settings: values.settings };
}

/** Prints what the operator can act on; a stack only where the cause is the app's code or unforeseen. */
function fail(error: unknown): never {
  const known = error instanceof ConfigurationError || error instanceof PortInUseError;
  process.stderr.write(`${known ? error.message : describeError(error)}\n`);
  process.exit(1);
}

main().catch(fail);
