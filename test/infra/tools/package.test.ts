import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appFolder } from '../../../infra/tools/build.ts';
import { packageApp } from '../../../infra/tools/package.ts';
import { ConfigurationError } from '../../../shared/errors.ts';

let folder: string;
let source: string;

/** A copy of what is packaged, to change; with neighbours that must stay behind. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  source = join(folder, 'source');
  await mkdir(join(source, 'dist'), { recursive: true });
  for (const file of ['dist/app.cjs', 'dist/app.cjs.map', 'host.json', 'package.json', 'routes.yaml']) {
    await cp(resolve(appFolder, file), join(source, file));
  }
  for (const file of ['local.settings.json', 'README.md', 'xroutes.yaml', 'routes.schema.json']) {
    await writeFile(join(source, file), '{}');
  }
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const target = (name = 'package') => ({ folder: join(folder, name), archive: join(folder, `${name}.zip`) });

async function unzip(archive: string): Promise<Readonly<Record<string, Uint8Array>>> {
  return unzipSync(await readFile(archive));
}

const FILES = ['dist/app.cjs', 'host.json', 'package.json', 'routes.yaml'];

describe('a package', () => {
  it('has the bundle, host.json, package.json and routes in it, and nothing else', async () => {
    const { files } = await packageApp(source, target());

    expect(files).toEqual(FILES);
    expect(Object.keys(await unzip(target().archive))).toEqual(FILES);
    const inFolder = await readdir(target().folder, { recursive: true });
    expect(inFolder.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(['dist', ...FILES]);
  });

  it('has the same content as a folder and as an archive', async () => {
    await packageApp(source, target());

    for (const [file, content] of Object.entries(await unzip(target().archive))) {
      expect(Buffer.from(content).equals(await readFile(join(target().folder, file)))).toBe(true);
      if (file !== 'package.json') expect(Buffer.from(content).equals(await readFile(join(source, file)))).toBe(true);
    }
  });

  it('is under 5 MB, and says how large it is', async () => {
    const { archiveBytes } = await packageApp(source, target());

    expect(archiveBytes).toBe((await readFile(target().archive)).length);
    expect(archiveBytes).toBeLessThan(5_000_000);
  });

  it('is the same, byte by byte, whenever and wherever it is made', async () => {
    await packageApp(source, target('one'));
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Auckland';
    try {
      await cp(source, join(folder, 'moved'), { recursive: true });
      await packageApp(join(folder, 'moved'), target('two'));
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }

    expect((await readFile(target('one').archive)).equals(await readFile(target('two').archive))).toBe(true);
  });

  it('describes a CommonJS app without dependencies', async () => {
    await packageApp(source, target());

    const [packaged, own] = await Promise.all(
      [target().folder, source].map(async (from) => JSON.parse(await readFile(join(from, 'package.json'), 'utf8'))),
    );
    const { name, version, engines } = own;
    expect(packaged).toEqual({ name, version, private: true, main: 'dist/app.cjs', engines });
  });

  it('takes other routes files along', async () => {
    await cp(join(source, 'routes.yaml'), join(source, 'routes.berlin.yaml'));

    const { files } = await packageApp(source, target());

    expect(files).toEqual([...FILES.slice(0, 3), 'routes.berlin.yaml', 'routes.yaml']);
  });

  it('has nothing in it of the one before', async () => {
    await mkdir(target().folder);
    await writeFile(join(target().folder, 'old.cjs'), '');

    await packageApp(source, target());

    expect(await readdir(target().folder)).not.toContain('old.cjs');
  });
});

describe('no package is made', () => {
  async function problems(): Promise<readonly string[]> {
    const error = await packageApp(source, target()).catch((reason: unknown) => reason);
    if (!(error instanceof ConfigurationError)) throw new Error(`refused otherwise: ${String(error)}`);
    expect(await readdir(folder)).toEqual(['source']);
    return error.problems;
  }

  it.each([
    ['dist/app.cjs', 'dist/app.cjs is missing: build it with `npm run build`'],
    ['host.json', 'host.json is missing'],
    ['package.json', 'package.json is missing'],
    ['routes.yaml', 'routes.yaml is missing'],
  ])('without %s', async (file, problem) => {
    await rm(join(source, file));
    expect(await problems()).toEqual([problem]);
  });

  it('of wrong routes, which would not start; all problems are told at once', async () => {
    await rm(join(source, 'host.json'));
    await writeFile(
      join(source, 'routes.yaml'),
      'routes:\n  - id: one\n    when: { event: "*" }\n    do: [{ step: no.such }]\n',
    );

    expect(await problems()).toEqual([
      'host.json is missing',
      expect.stringMatching(/^routes\.yaml:4: .*no such step/),
    ]);
  });

  it('whose package.json names another file', async () => {
    const manifest = { name: 'a', version: '1.0.0', main: 'dist/other.cjs', engines: { node: '>=20' } };
    await writeFile(join(source, 'package.json'), JSON.stringify(manifest));

    expect(await problems()).toEqual([expect.stringMatching(/^package\.json: .*main/s)]);
  });
});
