import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { ConfigurationError } from '../../../shared/errors.ts';
import * as z from '../../../shared/zod.ts';
import { readJsonFile } from './json-file.ts';

const packageJson = z.looseObject({ main: z.optional(z.string()), type: z.optional(z.string()) });

/** A file to load, and whether Node.js must `import` it because it is an ES module. */
export interface AppFile {
  file: string;
  esModule: boolean;
}

/**
 * The files of an app: what the glob in package.json `main` matches, in alphabetical order.
 *
 * @throws {ConfigurationError} when package.json or `main` is missing, or nothing matches.
 */
export async function findAppFiles(appDir: string): Promise<AppFile[]> {
  const manifest = path.join(appDir, 'package.json');
  const { main, type } = await readJsonFile(manifest, packageJson);
  if (!main) throw new ConfigurationError(manifest, ["main: names the app's files (a glob), and is missing"]);
  const files = await matchingFiles(appDir, main);
  if (files.length === 0) {
    throw new ConfigurationError(manifest, [`main: no file matches '${main}'; build the function app first`]);
  }
  return files.map((file) => ({
    file,
    esModule: file.endsWith('.mjs') || (type === 'module' && !file.endsWith('.cjs')),
  }));
}

async function matchingFiles(appDir: string, glob: string): Promise<string[]> {
  const pattern = globToRegExp(path.posix.normalize(glob));
  const root = path.join(appDir, fixedPart(path.posix.normalize(glob)));
  const found: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const full = path.join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') await visit(full);
      else if (pattern.test(path.relative(appDir, full).split(path.sep).join('/'))) found.push(full);
    }
  };
  await visit(root);
  return found.sort();
}

/** The folders before the first wildcard, so that a search does not start in the whole app. */
function fixedPart(glob: string): string {
  const parts = path.posix.dirname(glob).split('/');
  const wild = parts.findIndex((part) => /[*?{[]/.test(part));
  return parts.slice(0, wild < 0 ? parts.length : wild).join('/');
}

/** Translates a glob with `*`, `**`, `?`, `[…]` and `{a,b}` into a pattern for a path with forward slashes. */
export function globToRegExp(glob: string): RegExp {
  let depth = 0;
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\[!?[^\]]*\]|[{},]|[.+^$()|\\]/g, (token) => {
    switch (token) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        depth += 1;
        return '(?:';
      case '}':
        depth -= 1;
        return ')';
      case ',':
        return depth > 0 ? '|' : ',';
      default:
        return token.startsWith('[') ? token.replace(/^\[!/, '[^') : `\\${token}`;
    }
  });
  return new RegExp(`^${source}$`);
}
