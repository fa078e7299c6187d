import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';

/** Where in a file something is: names of keys, and positions in lists from 0. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** A YAML file as plain data, with the way back from a place in the data to its line. */
export interface YamlDocument {
  /** Undefined when there are problems. */
  readonly content: unknown;
  readonly problems: readonly Problem[];
  /** The line, from 1, of the key or list item at `path`; of its nearest surroundings when the file has no such place. */
  readonly lineOf: (path: Path) => number;
}

/** Far more than a person writes, far fewer than it takes to fill the memory. */
const MAX_ALIASES = 10_000;

export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const problems = [...syntaxProblems(document, text), ...aliasProblems(document, lineAt)];
  const lineOf = (path: Path) => lineAt(offsetOf(document, path));
  if (problems.length > 0) return { content: undefined, problems, lineOf };
  try {
    return { content: document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}, problems, lineOf };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { content: undefined, problems: [{ line: 1, text: reason }], lineOf };
  }
}

/** One problem a line: the parser reports several for one slip. */
function syntaxProblems({ errors }: Document, text: string): Problem[] {
  const lines = text.split('\n');
  const byLine = new Map<number, Problem>();
  for (const { message, linePos } of errors) {
    const line = linePos?.[0].line ?? 1;
    if (byLine.has(line)) continue;
    const isOpenExpression = /:\s+=.*:\s/.test(lines[line - 1] ?? '');
    const hint = isOpenExpression ? ' (an expression with ": " in it needs quotes around it)' : '';
    byLine.set(line, { line, text: message.split('\n', 1)[0]?.replace(/ at line \d+.*$/, '') + hint });
  }
  return [...byLine.values()];
}

/** The parser takes any alias; it finds out only when it makes data of the document. */
function aliasProblems(document: Document, lineAt: (offset: number) => number): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document);
      const line = lineAt(alias.range?.[0] ?? 0);
      if (target === undefined) problems.push({ line, text: `*${alias.source} has no &${alias.source} before it` });
      else if (ancestors.includes(target)) problems.push({ line, text: `*${alias.source} contains itself` });
    },
  });
  return problems;
}

function offsetOf({ contents }: Document, path: Path): number {
  let node: unknown = contents;
  let offset = startOf(node) ?? 0;
  for (const segment of path) {
    if (isSeq(node) && typeof segment === 'number') {
      node = node.items[segment];
      offset = startOf(node) ?? offset;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
      node = pair?.value;
      offset = startOf(pair?.key) ?? offset;
    } else {
      break;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
