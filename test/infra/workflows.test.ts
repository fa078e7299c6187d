import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appFolder } from '../../infra/tools/build.ts';
import * as z from '../../shared/zod.ts';

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const text = z.union([z.string(), z.number(), z.boolean()]);

const step = z.strictObject({
  name: z.optional(z.string()),
  if: z.optional(z.string()),
  uses: z.optional(z.string()),
  run: z.optional(z.string()),
  with: z.optional(z.record(z.string(), text)),
  env: z.optional(z.record(z.string(), text)),
});

const job = z.strictObject({
  name: z.string(),
  'runs-on': z.string(),
  'timeout-minutes': z.int(),
  strategy: z.optional(
    z.strictObject({ 'fail-fast': z.boolean(), matrix: z.record(z.string(), z.array(z.union([z.string(), z.int()]))) }),
  ),
  environment: z.optional(z.string()),
  permissions: z.optional(permissions),
  env: z.optional(z.record(z.string(), text)),
  steps: z.array(step),
});

const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions,
  concurrency: z.strictObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), job),
});

const folder = resolve(appFolder, '.github/workflows');
const files = readdirSync(folder);

function read(file: string) {
  const source = readFileSync(join(folder, file), 'utf8');
  const { on, permissions: granted, jobs } = z.parse(workflow, parse(source));
  const steps = Object.values(jobs).flatMap((each) => each.steps);
  return { source, on, granted, jobs, steps, runs: steps.flatMap(({ run }) => (run === undefined ? [] : [run])) };
}

const manifest = z.parse(
  z.object({ scripts: z.record(z.string(), z.string()) }),
  JSON.parse(readFileSync(resolve(appFolder, 'package.json'), 'utf8')),
);

it('there is a workflow for tests, those that take long, infrastructure, container and deployment', () => {
  expect(files.sort()).toEqual(['container.yaml', 'deploy.yaml', 'infra.yaml', 'nightly.yaml', 'test.yaml']);
});

describe.each(files)('%s', (file) => {
  const { source, on, granted, jobs, steps, runs } = read(file);

  it('may read the repository and no more, but for the identity of a deployment', () => {
    expect(granted).toEqual({ contents: 'read' });
    for (const { permissions: more = {}, environment } of Object.values(jobs)) {
      expect(more).toEqual(environment === undefined ? {} : { contents: 'read', 'id-token': 'write' });
    }
  });

  it('uses no stored secret', () => {
    expect(source).not.toMatch(/secrets\s*[.[]/);
  });

  it('does not run with more rights for the code of strangers', () => {
    expect(Object.keys(on)).not.toContain('pull_request_target');
  });

  it('pins actions by commit, with the version beside it', () => {
    const uses = source.match(/uses: .*/g) ?? [];
    expect(uses.length).toBe(steps.filter((each) => each.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('leaves no credentials in the checked-out folder', () => {
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.length).toBe(Object.keys(jobs).length);
    for (const { with: options } of checkouts) expect(options).toEqual({ 'persist-credentials': false });
  });

  it('calls npm scripts that exist', () => {
    for (const [, script = ''] of runs.join('\n').matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(manifest.scripts)).toContain(script);
    }
  });

  it('names files of infra/ that exist', () => {
    for (const [path] of runs.join('\n').matchAll(/\binfra\/[\w./-]+/g)) {
      expect(existsSync(resolve(appFolder, path)), path).toBe(true);
    }
  });

  it('puts nothing that others write into its shell commands', () => {
    // Through the environment it stays data; in the text of a command it would become part of the command.
    for (const run of runs) expect(run).not.toContain('${{');
  });
});

describe('test.yaml', () => {
  const { jobs, runs, on } = read('test.yaml');

  it('runs everything on Node 22 and 24, on Linux, Windows and macOS', () => {
    const [test] = Object.values(jobs);
    expect(test?.strategy?.matrix).toEqual({
      os: ['ubuntu-latest', 'windows-latest', 'macos-latest'],
      node: [22, 24],
    });
    expect(test?.['runs-on']).toBe(`\${{ matrix.os }}`);
    expect(test?.steps.find(({ uses = '' }) => uses.startsWith('actions/setup-node@'))?.with).toMatchObject({
      'node-version': `\${{ matrix.node }}`,
    });
    expect(runs).toEqual(['npm ci', 'npm run check', 'npm test', 'npm run test:interop', 'npm run demo']);
  });

  it('tries a real SignalR hub on Linux', () => {
    const interop = Object.values(jobs)[0]?.steps.find(({ run }) => run === 'npm run test:interop');
    expect(interop?.if).toBe("runner.os == 'Linux'");
  });

  it('runs for every pull request', () => {
    expect(Object.keys(on)).toContain('pull_request');
  });
});

describe('nightly.yaml', () => {
  const { jobs, on } = read('nightly.yaml');

  it('runs by itself, once a day', () => {
    expect(on).toEqual({ schedule: [{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }], workflow_dispatch: null });
  });

  it('lets faults take as long, and happen as often, as they shall be survived', () => {
    expect(jobs.chaos?.steps.at(-1)).toEqual({ run: 'npx vitest run test/chaos', env: { CHAOS_FULL: 1 } });
  });

  it('has the .NET SDK that builds the hub', () => {
    const hub = readFileSync(resolve(appFolder, 'test/interop/hub/InteropHub.csproj'), 'utf8');
    const [, version] = hub.match(/<TargetFramework>net([\d.]+)</) ?? [];
    const sdk = jobs.interop?.steps.find(({ uses = '' }) => uses.startsWith('actions/setup-dotnet@'));
    expect(sdk?.with).toEqual({ 'dotnet-version': `${version}.x` });
    expect(jobs.interop?.steps.at(-1)?.run).toBe('npm run test:interop');
  });
});

describe('infra.yaml', () => {
  it('checks with the Bicep CLI in place', () => {
    const { runs } = read('infra.yaml');
    expect(runs.indexOf('az bicep install')).toBeGreaterThan(-1);
    expect(runs.indexOf('npm run infra:check')).toBeGreaterThan(runs.indexOf('az bicep install'));
  });
});

describe('container.yaml', () => {
  it('builds the image, looks at its user, and pushes it nowhere', () => {
    const commands = read('container.yaml').runs.join('\n');
    expect(commands).toContain('docker build --file functions/relay/Dockerfile');
    expect(commands.indexOf('node functions/relay/pin-images.mjs')).toBe(0);
    expect(commands).toContain('.Config.User');
    expect(commands).not.toMatch(/docker (push|login)|--push|acr/);
  });
});

describe('deploy.yaml', () => {
  const { jobs, on, steps } = read('deploy.yaml');

  it('deploys to an environment of the repository, one deployment at a time, when somebody asks for it', () => {
    expect(on).toEqual({
      workflow_dispatch: { inputs: { environment: expect.objectContaining({ options: ['dev', 'prod'] }) } },
    });
    expect(Object.values(jobs).map(({ environment }) => environment)).toEqual([`\${{ inputs.environment }}`]);
  });

  it('has a parameters file for each environment', () => {
    for (const name of ['dev', 'prod']) expect(existsSync(resolve(appFolder, `infra/${name}.bicepparam`))).toBe(true);
  });

  it('signs in with the identity of the run', () => {
    const login = steps.find(({ uses = '' }) => uses.startsWith('azure/login@'));
    expect(Object.keys(login?.with ?? {}).sort()).toEqual(['client-id', 'subscription-id', 'tenant-id']);
  });

  it('sets what the parameters files read', () => {
    const readers = ['dev', 'prod'].map((name) => readFileSync(resolve(appFolder, `infra/${name}.bicepparam`), 'utf8'));
    const names = [...readers.join('\n').matchAll(/readEnvironmentVariable\('(\w+)'/g)].map(([, name]) => name);
    const set = [
      ...Object.values(jobs).flatMap(({ env = {} }) => Object.keys(env)),
      // Set once the image is known.
      'SERVICE_RELAY_IMAGE_NAME',
    ];
    expect(set).toEqual(expect.arrayContaining([...new Set(names)]));
  });

  it('pins the images of the relay before it builds', () => {
    const build = steps.find(({ run = '' }) => run.includes('az acr build'))?.run ?? '';
    const pinnedAt = build.indexOf('node functions/relay/pin-images.mjs');
    expect(pinnedAt).toBeGreaterThan(-1);
    expect(build.indexOf('az acr build')).toBeGreaterThan(pinnedAt);
  });

  it('reads outputs that the template has', () => {
    const template = readFileSync(resolve(appFolder, 'infra/main.bicep'), 'utf8');
    const outputs = steps.flatMap(({ run = '' }) => [...run.matchAll(/\.(\w+)\.value outputs\.json/g)]);
    expect(outputs.length).toBeGreaterThan(0);
    for (const [, name] of outputs) expect(template).toContain(`output ${name} `);
  });
});

describe('dependabot.yml', () => {
  it('updates packages, actions and images, in groups', () => {
    const schema = z.object({
      version: z.literal(2),
      updates: z.array(z.looseObject({ 'package-ecosystem': z.string(), groups: z.record(z.string(), z.unknown()) })),
    });
    const { updates } = z.parse(schema, parse(readFileSync(resolve(appFolder, '.github/dependabot.yml'), 'utf8')));
    expect(updates.map((each) => each['package-ecosystem'])).toEqual([
      'npm',
      'github-actions',
      'docker',
      'docker-compose',
    ]);
    for (const { groups } of updates) expect(Object.keys(groups).length).toBeGreaterThan(0);
  });
});
