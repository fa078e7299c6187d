import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../../shared/errors.ts';
import type * as z from '../../../shared/zod.ts';

/**
 * Reads a JSON file and parses it with a schema.
 *
 * @throws {ConfigurationError} naming the file and, per problem, the path inside it.
 */
export async function readJsonFile<Schema extends z.ZodMiniType>(
  file: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const parsed = schema.safeParse(parseJson(file, await readText(file)));
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    file,
    parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || '(the file)'}: ${issue.message}`),
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(file, ['the file cannot be read; does it exist?'], { cause });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new ConfigurationError(file, [`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`], {
      cause,
    });
  }
}
