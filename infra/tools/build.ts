import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';

/** The folder that holds host.json: what is deployed, and what the local host serves. */
export const appFolder = resolve(import.meta.dirname, '../..');

/**
 * Bundles the function app into one minified CommonJS file: one file starts fastest from remote storage, and the
 * Functions worker hands its core module only to `require`.
 */
export async function buildApp(outfile = resolve(appFolder, 'dist/app.cjs')): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [resolve(appFolder, 'functions/app.ts')],
    outfile,
    write: false,
    bundle: true,
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    platform: 'node',
    target: 'node20',
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
}

if (process.argv[1] === import.meta.filename) await buildApp();
