import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readLocalSettings } from '../../infra/local/host/local-settings.ts';
import {
  acdToken,
  dataverseBearerToken,
  lucsApiKey,
  nimbusBearerToken,
} from '../../infra/local/simulators/credentials.ts';
import { azuriteConnectionString } from '../../infra/local/stack/addresses.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { emulatorEntities } from '../../infra/tools/emulator-entities.ts';
import { createBridge } from '../../shared/bridge.ts';
import { busEntities } from '../../shared/bus/entities.ts';
import { loadConfig } from '../../shared/config.ts';
import * as z from '../../shared/zod.ts';

const service = z.strictObject({
  image: z.string(),
  depends_on: z.optional(z.array(z.string())),
  command: z.optional(z.string()),
  environment: z.optional(z.record(z.string(), z.union([z.string(), z.int()]))),
  volumes: z.optional(z.array(z.string())),
  ports: z.optional(z.array(z.string())),
});

const source = readFileSync(resolve(appFolder, 'docker-compose.yaml'), 'utf8');
const { services } = z.parse(z.strictObject({ services: z.record(z.string(), service) }), parse(source));

const emulators = 'infra/local/emulators';

describe('docker-compose.yaml', () => {
  it('listens on loopback only', () => {
    for (const port of Object.values(services).flatMap(({ ports = [] }) => ports)) {
      expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    }
  });

  it('holds no password, and accepts no licence by itself', () => {
    for (const { environment = {} } of Object.values(services)) {
      for (const name of ['ACCEPT_EULA', 'MSSQL_SA_PASSWORD']) {
        if (name in environment) expect(environment[name]).toMatch(new RegExp(`^\\$\\{${name}:\\?`));
      }
    }
  });

  it('waits for services that it has', () => {
    const named = Object.values(services).flatMap((each) => [
      ...(each.depends_on ?? []),
      ...(each.environment?.SQL_SERVER === undefined ? [] : [each.environment.SQL_SERVER]),
    ]);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(named));
  });

  it('runs the Azurite that the tests run', () => {
    const { devDependencies } = JSON.parse(readFileSync(resolve(appFolder, 'package.json'), 'utf8'));
    expect(services.azurite?.image).toBe(`mcr.microsoft.com/azure-storage/azurite:${devDependencies.azurite}`);
  });

  it('hands the emulator the entities of the bridge', () => {
    expect(services['service-bus']?.volumes).toEqual([
      `./${emulators}/service-bus.json:/ServiceBus_Emulator/ConfigFiles/Config.json:ro`,
    ]);
    const given = JSON.parse(readFileSync(resolve(appFolder, emulators, 'service-bus.json'), 'utf8'));
    expect(given, 'run node --import tsx infra/tools/write-emulator-entities.ts').toEqual(
      emulatorEntities(busEntities),
    );
  });
});

describe('the settings for the emulators', () => {
  it('start the bridge with the shipped routes', async () => {
    const { values } = await readLocalSettings(resolve(appFolder, emulators, 'settings.json'));
    const bridge = createBridge(loadConfig(values), appFolder);
    await bridge.close();
  });

  it('lead to the emulators and to the simulators', async () => {
    const { values } = await readLocalSettings(resolve(appFolder, emulators, 'settings.json'));
    expect(values).toMatchObject({
      AzureWebJobsStorage: azuriteConnectionString({ blob: 10_000, queue: 10_001, table: 10_002 }),
      NIMBUS_TOKEN: nimbusBearerToken,
      LUCS_API_KEY: lucsApiKey,
      ACD_TOKEN: acdToken,
      CRM_TOKEN: dataverseBearerToken,
    });
    const [, simulatorsPorts = ''] = /simulators\/main\.ts (.*)$/m.exec(source) ?? [];
    for (const name of ['nimbus', 'lucs', 'acd', 'crm']) {
      const [, port = ''] = new RegExp(`--${name}-port (\\d+)`).exec(simulatorsPorts) ?? [];
      expect(new URL(values[`${name.toUpperCase()}_BASE_URL`] ?? '').port).toBe(port);
    }
  });
});
