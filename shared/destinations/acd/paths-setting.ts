import * as z from '../../zod.ts';
import { type AcdOperation, type AcdPaths, acdOperations, operationOf } from './operations.ts';

const PLACEHOLDER = /\{(\w+)\}/g;

/** An object that gives operations another path, as the setting `ACD_PATHS` does. */
export const acdPathsSchema = z.pipe(
  z.record(z.string(), z.string()),
  z.transform((given, context): AcdPaths => {
    const paths: Partial<Record<AcdOperation, string>> = {};
    for (const [name, path] of Object.entries(given)) {
      const problem = isOperation(name) ? problemOf(path, name) : `no such operation; known are ${known}`;
      if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: given, path: [name] });
      else if (isOperation(name)) paths[name] = path;
    }
    return paths;
  }),
);

const known = Object.keys(acdOperations).join(', ');

function isOperation(name: string): name is AcdOperation {
  return Object.hasOwn(acdOperations, name);
}

function problemOf(path: string, operation: AcdOperation): string | undefined {
  const needed = placeholdersOf(operationOf(operation).path);
  if (placeholdersOf(path).join() !== needed.join()) {
    return needed.length === 0 ? 'expected a path without placeholders' : `expected a path with ${needed.join(', ')}`;
  }
  const literal = path.replace(PLACEHOLDER, 'x');
  const isPath = /^(?:\/[\w.~-]+)+(?:\?[\w.~=&-]+)?$/.test(literal) && !/\/\.{1,2}(?:[/?]|$)/.test(literal);
  return isPath ? undefined : 'expected a path below the base URL, such as /acd/events';
}

function placeholdersOf(path: string): string[] {
  return [...path.matchAll(PLACEHOLDER)].map(([placeholder]) => placeholder).sort();
}
