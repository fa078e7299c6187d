import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { busEntities } from '../../shared/bus/entities.ts';
import { appFolder } from './build.ts';
import { emulatorEntities } from './emulator-entities.ts';

/** Writes the entities for Microsoft's Service Bus emulator, which docker-compose.yaml hands it. */
const path = resolve(appFolder, 'infra/local/emulators/service-bus.json');
writeFileSync(path, `${JSON.stringify(emulatorEntities(busEntities), undefined, 2)}\n`);
console.log(`wrote ${path}`);
