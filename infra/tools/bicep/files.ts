import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { appFolder } from '../build.ts';

/** Paths from the app's folder, with slashes on every system. */
function listed(folder: string, ending: RegExp): string[] {
  return readdirSync(resolve(appFolder, folder))
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => `${folder}/${name}`);
}

/** Every template. */
export const templateFiles: readonly string[] = [
  ...listed('infra', /\.bicep$/),
  ...listed('infra/modules', /\.bicep$/),
];

/** Every set of parameters: the environments, and one that uses each option. */
export const parameterFiles: readonly string[] = [
  ...listed('infra', /\.bicepparam$/),
  'test/fixtures/infra/all-options.bicepparam',
];

/** What Azure publishes about the resource types in use, where write-resource-types.ts has been run; not part of the project. */
export const publishedTypesFile = resolve(appFolder, '.local/azure-resource-types.json');
