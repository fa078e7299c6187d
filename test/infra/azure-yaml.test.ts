import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appFolder } from '../../infra/tools/build.ts';
import * as z from '../../shared/zod.ts';

const hook = z.strictObject({ shell: z.enum(['sh', 'pwsh']), run: z.string() });
const hooks = z.record(z.string(), z.strictObject({ posix: hook, windows: hook }));

const schema = z.strictObject({
  name: z.string(),
  infra: z.strictObject({ provider: z.string(), path: z.string(), module: z.string() }),
  services: z.strictObject({
    api: z.strictObject({
      project: z.string(),
      dist: z.string(),
      language: z.string(),
      host: z.string(),
      remoteBuild: z.boolean(),
      hooks,
    }),
    relay: z.strictObject({
      condition: z.string(),
      project: z.string(),
      language: z.string(),
      host: z.string(),
      docker: z.strictObject({ path: z.string(), context: z.string() }),
      hooks,
    }),
  }),
  workflows: z.strictObject({ up: z.strictObject({ steps: z.array(z.strictObject({ azd: z.string() })) }) }),
});

const { infra, services, workflows } = z.parse(schema, parse(readFileSync(resolve(appFolder, 'azure.yaml'), 'utf8')));
const isThere = (path: string) => existsSync(resolve(appFolder, path));
const template = readFileSync(resolve(appFolder, 'infra/main.bicep'), 'utf8');

describe('azure.yaml', () => {
  it('deploys a parameters file that is there', () => {
    expect(infra).toEqual({ provider: 'bicep', path: 'infra', module: expect.stringMatching(/^(dev|prod)$/) });
    expect(isThere(`${infra.path}/${infra.module}.bicepparam`)).toBe(true);
  });

  it('puts the package on the function app, made before and complete', () => {
    const { hooks: own, ...api } = services.api;
    expect(api).toEqual({
      project: '.',
      dist: 'dist/package',
      language: 'js',
      host: 'function',
      remoteBuild: false,
    });
    const build = 'npm ci && npm run package';
    expect(own).toEqual({ prepackage: { posix: { shell: 'sh', run: build }, windows: { shell: 'pwsh', run: build } } });
    expect(readFileSync(resolve(appFolder, 'infra/tools/package.ts'), 'utf8')).toContain(`'${api.dist}'`);
  });

  it('builds the image of the relay where one is wanted, on images with digests', () => {
    const { hooks: own, ...relay } = services.relay;
    expect(relay).toEqual({
      condition: `\${DEPLOY_RELAY}`,
      project: '.',
      language: 'js',
      host: 'containerapp',
      docker: { path: 'functions/relay/Dockerfile', context: '.' },
    });
    expect(isThere(relay.docker.path)).toBe(true);
    const pin = 'node functions/relay/pin-images.mjs';
    expect(own).toEqual({ prebuild: { posix: { shell: 'sh', run: pin }, windows: { shell: 'pwsh', run: pin } } });
    expect(isThere('functions/relay/pin-images.mjs')).toBe(true);
  });

  it('deploys once more after the image is there, with the name that azd gives it', () => {
    expect(workflows.up.steps.map(({ azd }) => azd)).toEqual(['provision', 'deploy --all', 'provision']);
    for (const name of ['dev', 'prod']) {
      const parameters = readFileSync(resolve(appFolder, `infra/${name}.bicepparam`), 'utf8');
      expect(parameters).toContain("readEnvironmentVariable('SERVICE_RELAY_IMAGE_NAME', '')");
    }
  });

  it('names services that the template makes resources for', () => {
    for (const service of Object.keys(services)) {
      expect(template).toContain(`output SERVICE_${service.toUpperCase()}_NAME string`);
    }
    for (const [service, module] of [
      ['api', 'functions'],
      ['relay', 'container-apps'],
    ] as const) {
      const source = readFileSync(resolve(appFolder, `infra/modules/${module}.bicep`), 'utf8');
      expect(source).toContain(`'azd-service-name': '${service}'`);
    }
  });
});
