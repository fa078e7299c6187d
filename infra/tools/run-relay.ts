import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readLocalSettings, withSettings } from '../local/host/local-settings.ts';
import { appFolder } from './build.ts';

/** `npm run relay`: the relay alone, with the settings of the environment and local.settings.json. */
const file = resolve(appFolder, 'local.settings.json');
const values = existsSync(file) ? (await readLocalSettings(file)).values : {};
Object.assign(process.env, withSettings(process.env, values));
await import('../../functions/relay/main.ts');
