import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';
import { patiently } from './patiently.ts';
import { descendantsOf, isRunning, takePort } from './processes.ts';

const isWindows = process.platform === 'win32';
const sample = resolve(appFolder, 'local.settings.sample.json');

let folder: string;
let started: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
});

afterEach(async () => {
  started?.kill('SIGKILL');
  started = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Settings with a port that the system chooses, as nobody would write them but a test. */
async function writeSettings(): Promise<void> {
  const settings = JSON.parse(await readFile(sample, 'utf8'));
  settings.Host.LocalHttpPort = 0;
  await writeFile(join(folder, 'local.settings.json'), JSON.stringify(settings));
}

function start(serviceBusPort = 0) {
  const program = resolve(import.meta.dirname, 'fixtures/start-on-free-ports.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder, String(serviceBusPort)], {
    env: { PATH: process.env.PATH },
    // A group of its own, as a terminal gives to each command. On Windows that would be a window of its own.
    detached: !isWindows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started = child;
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return { child, output: () => output, errors: text(child.stderr), exited: once(child, 'exit') };
}

function hasCurl(): boolean {
  return spawnSync('curl', ['--version']).status === 0;
}

describe('npm start', { timeout: 40_000 }, () => {
  it('says what listens where and what to try, shows the event’s way, and ends as a whole on Ctrl+C', async ({
    skip,
  }) => {
    skip(isWindows, 'no process can send Ctrl+C to others there, and curl’s line is for a POSIX shell');
    skip(!hasCurl(), 'curl is not on this machine');
    await writeSettings();
    const { child, output, exited } = start();
    await patiently(output).toMatch(/Everything is up after \d+\.\d s/);

    const table = output().match(/^ {2}(\S.*?) {2,}(\S+:\/\/127\.0\.0\.1:[1-9]\d*\S*)$/gm) ?? [];
    expect(table.map((row) => row.trim().split(/ {2,}/)[0])).toEqual([
      'Functions host',
      'Service Bus',
      'Azurite (blobs)',
      'Azurite (queues)',
      'Azurite (tables)',
      'RTE relay (status)',
      'Nimbus simulator',
      'LUCS simulator',
      'jtel ACD simulator',
      'CRM simulator',
      'Enreach simulator',
    ]);

    const [, line = ''] = /^ {2}(curl .*)$/m.exec(output()) ?? [];
    const { stdout } = await promisify(execFile)('sh', ['-c', line]);
    expect(stdout).toMatch(/^HTTP\/1\.1 202 /);
    const [, id = ''] = /"id":"([^"]+)"/.exec(stdout) ?? [];
    const way = () =>
      output()
        .split('\n')
        .filter((printed) => printed.includes(`event=${id}`))
        .map((printed) => printed.replace(/^\S+ {2}/, '').replace(/event=\S+ /, ''));
    const steps = ['crm.findContact', 'crm.createActivity', 'acd.createEvent', 'lucs.createTask'];
    await patiently(way).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^nimbus-tasks {2}accepted .*subject=try-1/),
        expect.stringMatching(/^route-events {2}routed to=missed-call-crm-task,/),
        ...steps.map((step) =>
          expect.stringMatching(new RegExp(`^deliver-\\w+ {2}delivery .*step=${step} result=done`)),
        ),
      ]),
    );

    const programs = descendantsOf(child.pid ?? 0);
    expect(programs.length).toBeGreaterThanOrEqual(4);
    // A terminal sends Ctrl+C to every process of the group.
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await exited).toEqual([0, null]);
    await patiently(() => programs.filter(isRunning)).toEqual([]);
    expect(output()).not.toContain('is started again');
  });

  it('leaves nothing behind when it is stopped while it starts', async () => {
    await writeSettings();
    const { child, exited } = start();
    await patiently(() => descendantsOf(child.pid ?? 0).length).toBeGreaterThanOrEqual(3);
    const programs = descendantsOf(child.pid ?? 0);

    child.kill('SIGINT');

    // Windows has no signals: it ends a process at once.
    expect(await exited).toEqual(isWindows ? [null, 'SIGINT'] : [0, null]);
    await patiently(() => programs.filter(isRunning)).toEqual([]);
  });

  it('makes the missing settings file, names a port in use, and exits 1', async () => {
    const { port, release } = await takePort();
    try {
      const { output, errors, exited } = start(port);

      expect(await exited).toEqual([1, null]);
      expect(await errors).toContain(`port ${port} is in use: Service Bus cannot listen`);
      expect(output()).toContain('local.settings.json was made from local.settings.sample.json');
      expect(await readFile(join(folder, 'local.settings.json'), 'utf8')).toBe(await readFile(sample, 'utf8'));
    } finally {
      await release();
    }
  });

  it('leaves a settings file as it is, and tells what is wrong with it', async () => {
    const settings = '{ "Host": { "LocalHttpPort": 70710 } }';
    await writeFile(join(folder, 'local.settings.json'), settings);
    const { errors, output, exited } = start();

    expect(await exited).toEqual([1, null]);
    expect(await errors).toMatch(/local\.settings\.json:\n {2}- Host\.LocalHttpPort: /);
    expect(output()).toBe('');
    expect(await readFile(join(folder, 'local.settings.json'), 'utf8')).toBe(settings);
  });
});
