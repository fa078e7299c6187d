import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChild } from '../../infra/local/stack/child.ts';
import { hostPart } from '../../infra/local/stack/parts.ts';
import { appFolder } from '../../infra/tools/build.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridge-start-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the user reads when the app does not start with these settings. */
async function refusal(settings: Readonly<Record<string, string>>): Promise<string> {
  const settingsFile = resolve(appFolder, 'local.settings.sample.json');
  const env = { ...process.env, ...settings };
  const { spec } = hostPart({ port: 0, appFolder, settingsFile, env }, () => undefined);
  const host = await startChild(spec).catch((error: unknown) => error);
  if (host instanceof Error) return host.message;
  throw new Error('it started');
}

async function routesFile(...lines: string[]): Promise<string> {
  const path = join(folder, 'routes.yaml');
  await writeFile(path, lines.join('\n'));
  return path;
}

describe('a start with wrong settings', () => {
  it('is refused with all problems at once, without their values', async () => {
    const message = await refusal({
      BRIDGE_LANES: 'many',
      BRIDGE_MAX_BODY_BYTES: '12',
      BRIDGE_LANE: '4',
      LUCS_BASE_URL: 'lucs.example',
      CRM_KIND: 'salesforce-secret',
    });

    for (const name of ['BRIDGE_LANES', 'BRIDGE_MAX_BODY_BYTES', 'BRIDGE_LANE:', 'LUCS_BASE_URL', 'CRM_KIND']) {
      expect(message).toContain(name);
    }
    expect(message).not.toContain('salesforce-secret');
  });
});

describe('a start with a wrong routes file', () => {
  it('is refused with every problem and its line', async () => {
    const message = await refusal({
      BRIDGE_ROUTES: await routesFile(
        'routes:',
        '  - id: right-id',
        '    when: { event: "*", if: "data.(" }',
        '    do:',
        '      - step: lucs.createTask',
        '        with: { service: not-a-guid }',
      ),
    });

    expect(message).toMatch(/routes\.yaml:3: routes\[0\]\.when\.if: /);
    expect(message).toMatch(/routes\.yaml:5: routes\[0\]\.do\[0\]\.step: .*LUCS_BASE_URL/);
    expect(message).toMatch(/routes\.yaml:6: routes\[0\]\.do\[0\]\.with\.service: /);
  });

  it('is refused when there is no such file', async () => {
    expect(await refusal({ BRIDGE_ROUTES: 'nowhere.yaml' })).toMatch(/BRIDGE_ROUTES: .*nowhere\.yaml can't be read/);
  });
});

describe('a folder with nothing but what is deployed', () => {
  it('is enough to start every function', async () => {
    const deployed = join(folder, 'deployed');
    await mkdir(join(deployed, 'dist'), { recursive: true });
    for (const file of ['dist/app.cjs', 'host.json', 'package.json', 'routes.yaml']) {
      await cp(resolve(appFolder, file), join(deployed, file));
    }
    const vendors = {
      LUCS_BASE_URL: 'http://127.0.0.1:9',
      ACD_BASE_URL: 'http://127.0.0.1:9/rest/v1.0/7',
      ACD_TOKEN: 'token',
      CRM_BASE_URL: 'http://127.0.0.1:9',
      CRM_TOKEN: 'token',
      NIMBUS_BASE_URL: 'http://127.0.0.1:9',
      NIMBUS_TOKEN: 'token',
    };
    const settingsFile = resolve(appFolder, 'local.settings.sample.json');
    const env = { ...process.env, ...vendors };
    const part = hostPart({ port: 0, appFolder: deployed, settingsFile, env }, () => undefined);

    const host = await startChild(part.spec);

    try {
      expect([...part.report(host.ready).functions].sort()).toEqual([
        'acd-callbacks',
        'deliver-acd',
        'deliver-crm',
        'deliver-lucs',
        'deliver-nimbus',
        'health',
        'keep-nimbus-webhooks',
        'nimbus-scheduler-entries',
        'nimbus-tasks',
        'route-events',
        'watch-nimbus-silence',
      ]);
    } finally {
      host.kill('SIGTERM');
      await host.ended;
    }
  });
});
