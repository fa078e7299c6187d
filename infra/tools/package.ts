import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { stepCatalogue } from '../../shared/destinations/catalogue.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { loadRoutes } from '../../shared/routes/load-routes.ts';
import * as z from '../../shared/zod.ts';
import { appFolder, buildApp } from './build.ts';
import { runTool } from './run-tool.ts';

/** Where a package is put: as a folder, and as the archive of the same files. */
export interface PackageTarget {
  readonly folder: string;
  readonly archive: string;
}

export interface BuiltPackage {
  /** Paths in the package, sorted, with forward slashes. */
  readonly files: readonly string[];
  readonly archiveBytes: number;
}

const BUNDLE = 'dist/app.cjs';
const ROUTES_FILE = /^routes(\..+)?\.ya?ml$/;

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  main: z.literal(BUNDLE),
  engines: z.object({ node: z.string() }),
});

/**
 * Gathers what Azure Functions needs to run the app that is built in `source`: the bundle, host.json, a package.json of a few
 * lines, and the routes files (`routes.yaml`, `routes.<anything>.yaml`), which must be right.
 *
 * The source map stays behind. It would make the archive four times as large (twice without the
 * sources in it), and Node.js reads it only when told to; stack
 * traces keep the functions' names without it, and a build of the same commit gives the same map.
 *
 * @throws ConfigurationError that lists everything that is missing or wrong.
 */
export async function packageApp(source: string, { folder, archive }: PackageTarget): Promise<BuiltPackage> {
  const contents = await gather(source);
  const files = [...contents.keys()].sort();
  await rm(folder, { recursive: true, force: true });
  for (const [file, content] of contents) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  const bytes = zipSync(Object.fromEntries(files.map((file) => [file, entry(contents.get(file) ?? '')])));
  await writeFile(archive, bytes);
  return { files, archiveBytes: bytes.length };
}

async function gather(source: string): Promise<Map<string, string>> {
  const problems: string[] = [];
  const contents = new Map<string, string>();
  const routesFiles = (await readdir(source)).filter((name) => ROUTES_FILE.test(name));
  if (!routesFiles.includes('routes.yaml')) routesFiles.push('routes.yaml');
  for (const file of [BUNDLE, 'host.json', 'package.json', ...routesFiles]) {
    const content = await readFile(join(source, file), 'utf8').catch(() => undefined);
    if (content !== undefined) contents.set(file, content);
    else problems.push(`${file} is missing${file === BUNDLE ? ': build it with `npm run build`' : ''}`);
  }
  for (const file of routesFiles) problems.push(...routeProblems(file, contents.get(file)));
  const { data, error } = z.safeParse(manifestSchema, JSON.parse(contents.get('package.json') ?? '{}'));
  if (data === undefined && contents.has('package.json')) problems.push(`package.json: ${z.prettifyError(error)}`);
  if (problems.length > 0) throw new ConfigurationError('The function app cannot be packaged', problems);
  return contents.set('package.json', deployedManifest(data));
}

/** No dependencies, because the bundle has them in it, and no `type`, because it is CommonJS. */
function deployedManifest(manifest: z.infer<typeof manifestSchema> | undefined): string {
  const { name, version, main, engines } = manifest ?? {};
  return `${JSON.stringify({ name, version, private: true, main, engines }, null, 2)}\n`;
}

function routeProblems(file: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  try {
    loadRoutes(text, { fileName: file, steps: stepCatalogue });
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** An archive's earliest time, in the zone that it is told in, so that the same files give the same archive anywhere. */
function entry(content: string): Zippable[string] {
  return [new TextEncoder().encode(content), { mtime: new Date(1980, 0, 1), os: UNIX, attrs: READABLE_FILE, level: 9 }];
}

if (process.argv[1] === import.meta.filename) {
  await runTool(async () => {
    await buildApp();
    const { files, archiveBytes } = await packageApp(appFolder, {
      folder: resolve(appFolder, 'dist/package'),
      archive: resolve(appFolder, 'dist/package.zip'),
    });
    console.log(`dist/package, dist/package.zip: ${files.join(', ')}; ${Math.ceil(archiveBytes / 1024)} KiB`);
    return true;
  });
}
