import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stepCatalogue } from '../../shared/destinations/catalogue.ts';
import { routesJsonSchema } from '../../shared/routes/routes-json-schema.ts';
import { appFolder } from './build.ts';

/** Writes the JSON Schema that editors complete and check routes.yaml with. */
const path = resolve(appFolder, 'shared/routes/routes.schema.json');
writeFileSync(path, `${JSON.stringify(routesJsonSchema(stepCatalogue), undefined, 2)}\n`);
console.log(`wrote ${path}`);
