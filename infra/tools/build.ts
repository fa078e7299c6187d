import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build, type Metafile } from 'esbuild';

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
  const { outputFiles, metafile } = await build({
    entryPoints: [resolve(appFolder, 'functions/app.ts')],
    outfile,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    platform: 'node',
    target: 'node20',
    // ES modules where a package has them: of those only what is used gets into the bundle.
    mainFields: ['module', 'main'],
    format: 'cjs',
    // The worker provides this module.
    external: ['@azure/functions-core'],
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

if (process.argv[1] === import.meta.filename) await buildApp();
