import type * as z from '../zod.ts';

/** Something wrong at a place below what was checked. */
export interface SchemaProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a schema found wrong. Each unknown key is a problem at its own place, not one of the object around it. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[] | undefined): SchemaProblem[] {
  return (issues ?? []).flatMap((issue) => {
    const path = issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment)));
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...path, key], message: 'no such key' }))
      : [{ path, message: issue.message }];
  });
}
