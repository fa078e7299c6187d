import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lucsApiKey } from '../../infra/local/simulators/credentials.ts';
import { anyPorts } from '../../infra/local/stack/addresses.ts';
import { type Stack, startStack } from '../../infra/local/stack/stack.ts';
import { appFolder } from '../../infra/tools/build.ts';
import { packageApp } from '../../infra/tools/package.ts';
import { nimbusFixture } from '../helpers/nimbus-fixtures.ts';

/** Vendors that no event of this test leads to. */
const UNUSED = {
  ACD_BASE_URL: 'http://127.0.0.1:9/rest/v1.0/7',
  ACD_TOKEN: 'token',
  CRM_BASE_URL: 'http://127.0.0.1:9',
  CRM_TOKEN: 'token',
  NIMBUS_BASE_URL: 'http://127.0.0.1:9',
  NIMBUS_TOKEN: 'token',
};

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

describe('the package, unpacked somewhere else', () => {
  it('takes a webhook and brings it to Service Bus', async () => {
    const response = await fetch(`${stack.bridgeUrl}/api/nimbus/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-functions-key': stack.functionKey },
      body: JSON.stringify(nimbusFixture('task-system-accepted')),
    });

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
