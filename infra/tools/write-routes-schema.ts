import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { stepCatalogue } from '../../shared/destinations/catalogue.ts';
import { routesJsonSchema } from '../../shared/routes/routes-json-schema.ts';
import { appFolder } from './build.ts';

/** Writes the JSON Schema that editors complete and check routes.yaml with: `npm run routes:schema [-- file]`. */
const published = resolve(appFolder, 'shared/routes/routes.schema.json');
const path = process.argv[2] ?? published;
writeFileSync(path, formatted(JSON.stringify(routesJsonSchema(stepCatalogue), undefined, 2)));
console.log(`wrote ${path}`);

/** As `npm run check` wants the published file to be. */
function formatted(json: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const args = [biome, 'format', `--stdin-file-path=${published}`];
  return execFileSync(process.execPath, args, { cwd: appFolder, input: json, encoding: 'utf8' });
}
