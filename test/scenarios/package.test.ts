import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lucsApiKey } from '../../infra/local/simulators/credentials.ts';
import { anyPorts } from '../../infra/local/stack/addresses.ts';
import { startChild } from '../../infra/local/stack/child.ts';
import { hostPart } from '../../infra/local/stack/parts.ts';
import { type Stack, startStack } from '../../infra/local/stack/stack.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { packageApp } from '../../infra/tools/package.ts';
import { stepCatalogue } from '../../shared/destinations/catalogue.ts';
import { loadRoutes } from '../../shared/routes/load-routes.ts';
import { nimbusFixture } from '../helpers/nimbus-fixtures.ts';
import { asRecord, at, deployments, only } from '../infra/bicep/deployments.ts';

/** Vendors that no event of this test leads to. */
const UNUSED = {
  ACD_BASE_URL: 'http://127.0.0.1:9/rest/v1.0/7',
  ACD_TOKEN: 'token',
  CRM_BASE_URL: 'http://127.0.0.1:9',
  CRM_TOKEN: 'token',
  NIMBUS_BASE_URL: 'http://127.0.0.1:9',
  NIMBUS_TOKEN: 'token',
};

let shippedRoutes: number;
let folder: string;
let unpacked: string;
let stack: Stack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  unpacked = join(folder, 'unpacked');
  const archive = join(folder, 'package.zip');
  await packageApp(appFolder, { folder: join(folder, 'package'), archive });
  for (const [file, content] of Object.entries(unzipSync(await readFile(archive)))) {
    await mkdir(dirname(join(unpacked, file)), { recursive: true });
    await writeFile(join(unpacked, file), content);
  }
  const fileName = 'routes.yaml';
  const shipped = await readFile(join(unpacked, fileName), 'utf8');
  shippedRoutes = loadRoutes(shipped, { fileName, steps: stepCatalogue }).all.length;
  stack = await startStack({
    appFolder: unpacked,
    settingsFile: resolve(appFolder, 'local.settings.sample.json'),
    dataFolder: join(folder, 'data'),
    ports: anyPorts,
    environment: { ...process.env, ...UNUSED, LUCS_BASE_URL: 'http://127.0.0.1:9', LUCS_API_KEY: lucsApiKey },
    useFunc: false,
    relays: 0,
    onLine: () => undefined,
    onGivenUp: () => undefined,
  });
});

afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

function postTask(bridgeUrl: string): Promise<Response> {
  return fetch(`${bridgeUrl}/api/nimbus/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-functions-key': stack.functionKey },
    body: JSON.stringify(nimbusFixture('task-system-accepted')),
  });
}

describe('the package, unpacked somewhere else', () => {
  it('takes a webhook and brings it to Service Bus', async () => {
    const response = await postTask(stack.bridgeUrl);

    expect([response.status, await response.json()]).toEqual([202, { id: expect.any(String) }]);
  });

  it('finds what it needs in itself', async () => {
    const response = await fetch(`${stack.bridgeUrl}/api/health`);

    expect([response.status, await response.json()]).toEqual([
      200,
      { healthy: true, parts: { bus: 'answers', table: 'answers' } },
    ]);
  });
});

describe.each(['dev', 'prod'])('the package with the settings that %s.bicepparam gives', (name) => {
  /** As in Azure, except for where the bus and the tables are. */
  function deployedSettings(): NodeJS.ProcessEnv {
    const deployment = deployments[name];
    if (deployment === undefined) throw new Error('missing');
    const app = only(deployment, 'Microsoft.Web/sites');
    const settings = Object.entries(asRecord(at(app.body, 'properties', 'siteConfig', 'appSettings')));
    const kept = settings.filter(([setting]) => !/^(AzureWebJobsStorage|ServiceBus)__/.test(setting));
    return {
      ...Object.fromEntries(kept.map(([setting, value]) => [setting, String(value)])),
      AzureWebJobsStorage: stack.storageConnectionString,
      ServiceBus: stack.serviceBusConnectionString,
    };
  }

  it('starts, says which routes wait for their vendors, and takes webhooks', async () => {
    const lines: string[] = [];
    const { spec, report } = hostPart(
      {
        port: 0,
        appFolder: unpacked,
        settingsFile: resolve(appFolder, 'local.settings.sample.json'),
        env: { ...process.env, ...deployedSettings() },
      },
      (line) => lines.push(line),
    );
    const host = await startChild(spec).catch(() => {
      // Without its stack: Vitest would look into the bundle for a source map, and stumble.
      throw new Error(lines.filter((line) => !/^\s*at /.test(line)).join('\n'));
    });
    try {
      const { port, functions } = report(host.ready);
      const bridgeUrl = `http://127.0.0.1:${port}`;

      expect(functions).toContain('nimbus-tasks');
      expect((await fetch(`${bridgeUrl}/api/health`)).status).toBe(200);
      expect((await postTask(bridgeUrl)).status).toBe(202);
      const leftOut = lines.filter((line) => line.includes('route left out: a destination has no settings'));
      expect(leftOut).toHaveLength(shippedRoutes);
      expect(leftOut).toContainEqual(expect.stringContaining('route=caller-details destinations=crm,nimbus'));
    } finally {
      host.kill('SIGTERM');
      await host.ended;
    }
  });
});
