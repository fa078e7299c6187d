import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const projectFolder = resolve(import.meta.dirname, 'hub');
const cacheFolder = resolve(import.meta.dirname, '../../node_modules/.cache/interop-hub');

/** The major version of the SDK that the project's target framework needs. */
const neededSdk = 10;

const buildTimeoutMs = 240_000;

/** True when this machine has a .NET SDK that builds the hub. */
export async function hasDotnetSdk(): Promise<boolean> {
  try {
    const { stdout } = await run('dotnet', ['--list-sdks'], { timeout: 20_000 });
    return stdout.split('\n').some((line) => Number.parseInt(line, 10) >= neededSdk);
  } catch {
    return false;
  }
}

/**
 * The path of the hub's built assembly. Built once per content of its sources, and without the network: all that the
 * project refers to is part of the SDK.
 */
export async function buildInteropHub(): Promise<string> {
  const folder = join(cacheFolder, await hashOfSources());
  const assembly = join(folder, 'InteropHub.dll');
  if (existsSync(assembly)) return assembly;

  // Built elsewhere and moved as a whole: a build that was cut short, or runs twice, leaves nothing half done.
  const work = `${folder}.${process.pid}`;
  await mkdir(work, { recursive: true });
  const intermediate = join(work, 'obj/');
  try {
    await run(
      'dotnet',
      [
        ...['build', projectFolder, '--configuration', 'Release', '--nologo', '--output', join(work, 'out')],
        `-p:BaseIntermediateOutputPath=${intermediate}`,
        `-p:MSBuildProjectExtensionsPath=${intermediate}`,
      ],
      { timeout: buildTimeoutMs },
    );
    await rename(join(work, 'out'), folder);
  } catch (error) {
    if (!existsSync(assembly)) throw buildFailure(error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return assembly;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const sources = (await readdir(projectFolder)).filter((name) => /\.(cs|csproj|config)$/.test(name)).sort();
  for (const name of sources) hash.update(name).update(await readFile(join(projectFolder, name)));
  return hash.digest('hex').slice(0, 16);
}

function buildFailure(error: unknown): Error {
  const printed = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  return new Error(`The interop hub could not be built.\n${printed}`, { cause: error });
}
