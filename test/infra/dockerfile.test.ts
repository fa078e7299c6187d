import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appFolder } from '../../infra/tools/build.ts';
import { loadConfig } from '../../shared/config.ts';
import * as z from '../../shared/zod.ts';

const source = readFileSync(resolve(appFolder, 'functions/relay/Dockerfile'), 'utf8');

/** Instructions by line, with continued lines joined and without comments. */
const instructions = source
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const secondStage = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')));
const argumentsOf = (name: string) =>
  secondStage.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));

/** What the image sets in the relay's environment. */
const environment = Object.fromEntries(
  argumentsOf('ENV').flatMap((line) => [...line.matchAll(/(\S+?)=(\S+)/g)].map(([, name, value]) => [name, value])),
);

describe('the Dockerfile of the relay', () => {
  it('names each image by tag and digest, in a line that Dependabot reads', () => {
    const images = instructions.filter((line) => line.startsWith('FROM ') || line.startsWith('ARG '));
    expect(images).toEqual([
      expect.stringMatching(/^FROM node:24[\w.-]*-slim@sha256:[0-9a-f]{64} AS build$/),
      expect.stringMatching(/^FROM gcr\.io\/distroless\/nodejs24-[\w.-]+:nonroot@sha256:[0-9a-f]{64}$/),
    ]);
  });

  it('says how the digests are filled in', () => {
    expect(source).toContain('node functions/relay/pin-images.mjs');
  });

  it('runs the relay as somebody who is not root, and owns nothing but the spool', () => {
    const [user = '', ...others] = argumentsOf('USER');
    expect(others).toEqual([]);
    expect(user).toMatch(/^[1-9]\d*$/);
    expect(argumentsOf('CMD')).toEqual(['["relay.cjs"]']);
    const owned = argumentsOf('COPY').filter((line) => line.includes('--chown'));
    expect(owned).toEqual([`--from=build --chown=${user}:${user} /empty/spool ${environment.RELAY_SPOOL_FOLDER}`]);
    expect(argumentsOf('VOLUME')).toEqual([environment.RELAY_SPOOL_FOLDER]);
    expect(argumentsOf('RUN')).toEqual([]);
  });

  it('sets what the relay reads, as the relay reads it', () => {
    const { relay } = loadConfig({ ServiceBus: 'Endpoint=x', AzureWebJobsStorage: 'x', ...environment });
    expect(relay).toMatchObject({ statusPort: 8080, spoolFolder: '/var/spool/relay' });
    expect(argumentsOf('EXPOSE')).toEqual([String(relay.statusPort)]);
  });

  it('copies what is there', () => {
    for (const [, path = ''] of source.matchAll(/^COPY (?!--)(\S+)/gm)) {
      expect(existsSync(resolve(appFolder, path)), path).toBe(true);
    }
  });

  it('asks the relay for its health', () => {
    const [check = '', ...others] = argumentsOf('HEALTHCHECK');
    expect(others).toEqual([]);
    const [, options, command = ''] = /^(.*?)\s*CMD (\[.*\])$/.exec(check) ?? [];
    expect(options).toBe('--interval=10s --timeout=5s --start-period=10s --retries=3');
    const [program, flag, script = ''] = z.parse(z.array(z.string()), JSON.parse(command));
    expect([program, flag]).toEqual(['/nodejs/bin/node', '-e']);
    expect(script).toContain(`http://127.0.0.1:${environment.RELAY_STATUS_PORT}/healthz`);
    const codeFor = (answer: string) =>
      spawnSync(process.execPath, ['-e', `globalThis.fetch = async () => ${answer};\n${script}`]).status;
    expect(codeFor('({ ok: true })')).toBe(0);
    expect(codeFor('({ ok: false })')).toBe(1);
    expect(codeFor('{ throw new Error("nobody listens") }')).toBe(1);
  });

  it('lies where Dependabot looks for images', () => {
    const schema = z.object({ updates: z.array(z.object({ 'package-ecosystem': z.string(), directory: z.string() })) });
    const { updates } = z.parse(schema, parse(readFileSync(resolve(appFolder, '.github/dependabot.yml'), 'utf8')));
    expect(updates).toContainEqual({ 'package-ecosystem': 'docker', directory: '/functions/relay' });
  });
});

// A program called docker is what stands in for Docker here; Windows would not take a script for one.
describe.skipIf(process.platform === 'win32')('pin-images.mjs', () => {
  const zeros = '0'.repeat(64);
  const filled = 'a1'.repeat(32);
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pin-images-'));
    file = join(folder, 'Dockerfile');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function dockerAnswers(answer: string): void {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\necho "$*" >> '${folder}/asked'\necho '${answer}'\n`);
    chmodSync(join(folder, 'docker'), 0o755);
  }

  const pin = () =>
    execFileSync(process.execPath, [resolve(appFolder, 'functions/relay/pin-images.mjs'), file], {
      env: { PATH: `${folder}${delimiter}${process.env.PATH}` },
      stdio: 'pipe',
      encoding: 'utf8',
    });

  it('fills in the digests that are zeros, and leaves the rest alone', () => {
    dockerAnswers(`sha256:${filled}`);
    const renewed = `FROM node:24@sha256:${'b2'.repeat(32)} AS build\nRUN x\n`;
    writeFileSync(file, `${renewed}FROM gcr.io/some/image:tag@sha256:${zeros}\nCMD ["x"]\n`);
    expect(pin()).toContain('filled in');
    expect(readFileSync(file, 'utf8')).toBe(`${renewed}FROM gcr.io/some/image:tag@sha256:${filled}\nCMD ["x"]\n`);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe(
      'buildx imagetools inspect gcr.io/some/image:tag --format {{.Manifest.Digest}}\n',
    );
    rmSync(join(folder, 'asked'));
    expect(pin()).toContain('every digest is there');
    expect(existsSync(join(folder, 'asked'))).toBe(false);
  });

  it('finds both images of the shipped Dockerfile as long as they have no digest', () => {
    dockerAnswers(`sha256:${filled}`);
    writeFileSync(file, source.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${zeros}`));
    pin();
    expect(readFileSync(file, 'utf8')).toBe(source.replaceAll(/sha256:[0-9a-f]{64}/g, `sha256:${filled}`));
  });

  it('changes nothing when Docker gives no digest', () => {
    dockerAnswers('unauthorized');
    const before = `FROM node:24@sha256:${zeros}\n`;
    writeFileSync(file, before);
    expect(pin).toThrow(/no digest for node:24/);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});
