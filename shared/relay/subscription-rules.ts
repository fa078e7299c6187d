import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../errors.ts';
import { schemaProblems } from '../routes/schema-problems.ts';
import { type Path, readYaml } from '../routes/yaml-document.ts';
import * as z from '../zod.ts';

const SETTING = 'RTE_SUBSCRIPTIONS';

/** Enreach ids are GUIDs of any version. */
const guid = z.pipe(
  z.string().check(z.regex(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i, 'expected a GUID')),
  z.transform((id: string) => id.toLowerCase()),
);
const user = z.union([z.literal('me'), guid], { error: 'expected "me" or a GUID' });
const names = z.array(z.string().check(z.regex(/^[a-z]+$/i, 'expected the name of an event'))).check(z.minLength(1));
const namesOrAll = z.union([z.literal('*'), names], {
  error: 'expected a list of event names, or "*" for all of them',
});
const some = <Item extends z.ZodMiniType>(item: Item) => z.array(item).check(z.minLength(1));

const ruleSchemas = {
  entity: z.strictObject({ entity: guid, events: names }),
  queuesOf: z.strictObject({ queuesOf: user, events: namesOrAll }),
  users: z.strictObject({ users: some(user), events: namesOrAll }),
  callLists: z.strictObject({ callLists: some(guid), events: namesOrAll }),
};

/**
 * Whom to hear of: one entity of any kind, all queues of a user, users, or call lists. `me` is the user who signs in.
 * `*` means every event that this kind of entity has.
 */
export type SubscriptionRule = z.infer<(typeof ruleSchemas)[keyof typeof ruleSchemas]>;
export type SubscriptionRules = readonly SubscriptionRule[];

/**
 * Reads the setting RTE_SUBSCRIPTIONS: the rules themselves as JSON, beginning with `[`, or the path of a JSON or YAML
 * file with them. @throws ConfigurationError that lists every problem, by line in a file
 */
export async function loadSubscriptionRules(setting: string): Promise<SubscriptionRules> {
  if (setting.trimStart().startsWith('[')) return parseSubscriptionRules(setting, SETTING);
  let text: string;
  try {
    text = await readFile(setting, 'utf8');
  } catch (cause) {
    throw new ConfigurationError(`${SETTING} can't be used`, ['no such file, or it can not be read'], { cause });
  }
  return parseSubscriptionRules(text, setting);
}

/** @param name of the file or setting, for problems */
export function parseSubscriptionRules(text: string, name: string): SubscriptionRules {
  const { content, problems: syntaxProblems, lineOf } = readYaml(text);
  const problems = [...syntaxProblems];
  const report = (path: Path, message: string) => {
    problems.push({ line: lineOf(path), text: path.length === 0 ? message : `${path.join('.')}: ${message}` });
  };
  const rules: SubscriptionRule[] = [];
  if (syntaxProblems.length === 0 && (!Array.isArray(content) || content.length === 0)) {
    report([], 'expected a list of rules');
  }
  for (const [index, item] of (Array.isArray(content) ? content : []).entries()) {
    const parsed = z.safeParse(schemaFor(item), item);
    if (parsed.success) rules.push(parsed.data);
    else for (const { path, message } of schemaProblems(parsed.error.issues)) report([index, ...path], message);
  }
  if (problems.length === 0) return rules;
  problems.sort((a, b) => a.line - b.line);
  throw new ConfigurationError(
    `${SETTING} can't be used`,
    problems.map(({ line, text: problem }) => `${name}:${line}: ${problem}`),
  );
}

const anyRule = z.custom<SubscriptionRule>(() => false, {
  error: `expected "events" and one of ${Object.keys(ruleSchemas).join(', ')}`,
});

function schemaFor(item: unknown): z.ZodMiniType<SubscriptionRule> {
  if (typeof item !== 'object' || item === null) return anyRule;
  const [schema = anyRule] = Object.entries(ruleSchemas).flatMap(([key, candidate]) =>
    key in item ? [candidate] : [],
  );
  return schema;
}
