import * as z from '../../../shared/zod.ts';
import { readJsonFile } from './json-file.ts';
import type { FunctionKeys } from './keys.ts';

const secret = z.string().check(z.minLength(1));

const schema = z.looseObject({
  IsEncrypted: z.optional(
    z.literal(false, { error: 'encrypted settings cannot be read here; decrypt them with `func settings decrypt`' }),
  ),
  Values: z.optional(z.record(z.string(), z.string())),
  Host: z.optional(
    z.looseObject({
      LocalHttpPort: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
      Keys: z.optional(
        z.strictObject({
          master: z.optional(secret),
          default: z.optional(secret),
          functions: z.optional(z.record(z.string(), secret)),
        }),
      ),
    }),
  ),
});

/** What `local.settings.json` says. `keys` is an extension of this host: Core Tools enforce no keys. */
export interface LocalSettings {
  values: Record<string, string>;
  port: number | undefined;
  keys: FunctionKeys;
}

/**
 * Reads `local.settings.json`.
 *
 * @throws {ConfigurationError} with every problem by path.
 */
export async function readLocalSettings(file: string): Promise<LocalSettings> {
  const settings = await readJsonFile(file, schema);
  return {
    values: settings.Values ?? {},
    port: settings.Host?.LocalHttpPort,
    keys: { ...settings.Host?.Keys, functions: settings.Host?.Keys?.functions ?? {} },
  };
}

/** The environment with the file's values added; a variable that is already set wins, as with Core Tools. */
export function withSettings(env: NodeJS.ProcessEnv, values: Record<string, string>): NodeJS.ProcessEnv {
  return { ...values, ...env };
}
