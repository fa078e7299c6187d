import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError, PermanentError, TransientError } from '../../shared/errors.ts';
import { readLocalSettings, withSettings } from '../local/host/local-settings.ts';
import { appFolder } from './build.ts';

/**
 * Runs a command with the settings of the environment and local.settings.json. Exit code 1 when it gives false or fails;
 * an error of the kinds that are made for people is shown by its message alone.
 */
export async function runTool(tool: (environment: NodeJS.ProcessEnv) => Promise<boolean>): Promise<void> {
  try {
    const file = resolve(appFolder, 'local.settings.json');
    const values = existsSync(file) ? (await readLocalSettings(file)).values : {};
    if (!(await tool(withSettings(process.env, values)))) process.exitCode = 1;
  } catch (error) {
    const isForPeople = [ConfigurationError, PermanentError, TransientError].some((kind) => error instanceof kind);
    console.error(isForPeople && error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
