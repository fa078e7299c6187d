import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';

/** The folder that holds host.json: what is deployed, and what the local host serves. */
export const appFolder = resolve(import.meta.dirname, '../..');

/**
 * Bundles the function app into one minified CommonJS file: one file starts fastest from remote storage, and the
 * Functions worker hands its core module only to `require`.
 *
 * The libraries of Azure are most of it. Each is behind a module of this project that is imported with `import()` where it is first
 * used, and runs only then; a library that was itself imported so would come whole.
 *
 * @returns what went into the file, and why
 */
export async function buildApp(outfile = resolve(appFolder, 'dist/app.cjs')): Promise<Metafile> {
  return bundle('functions/app.ts', outfile, {
    // The worker provides this module.
    external: ['@azure/functions-core'],
    // ES modules where a package has them: of those only what is used gets into the bundle.
    mainFields: ['module', 'main'],
  });
}

/** Bundles the relay, or another program that uses SignalR, into one file that needs nothing but Node. */
export async function buildRelay(
  outfile = resolve(appFolder, 'dist/relay.cjs'),
  entryPoint = 'functions/relay/main.ts',
): Promise<void> {
  await bundle(entryPoint, outfile, {
    inject: [resolve(import.meta.dirname, 'signalr-imports.ts')],
    // Keeping the names of minified functions takes a call for each closure that is made: a sixth of the relay's CPU.
    minify: false,
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
  });
}

async function bundle(entryPoint: string, outfile: string, options: BuildOptions): Promise<Metafile> {
  const { outputFiles, metafile } = await build({
    minify: true,
    keepNames: true,
    ...options,
    entryPoints: [resolve(appFolder, entryPoint)],
    outfile,
    write: false,
    metafile: true,
    bundle: true,
    sourcemap: 'linked',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
    logLevel: 'warning',
  });
  await mkdir(dirname(outfile), { recursive: true });
  for (const { path, contents } of outputFiles) {
    // In one piece: a host that starts meanwhile must not read half a file.
    await writeFile(`${path}.${process.pid}`, contents);
    await rename(`${path}.${process.pid}`, path);
  }
  return metafile;
}

if (process.argv[1] === import.meta.filename) await Promise.all([buildApp(), buildRelay()]);
