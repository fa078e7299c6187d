import { isNode, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { ConfigurationError } from '../errors.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import * as z from '../zod.ts';
import { type ArgumentMapping, compileArguments } from './arguments.ts';
import { compileCondition, type Scope } from './expression.ts';
import { compileGlob } from './glob.ts';
import { type RoutesFile, routesFileSchema } from './routes-schema.ts';

/** Values for `settings.<name>` in expressions. */
export type RouteSettings = Readonly<Record<string, string | number | boolean>>;

/** What the loader must know of a step. */
export interface KnownStep {
  readonly args: z.core.$ZodType;
}

export interface Route {
  readonly id: string;
  /** Rejects with an ExpressionError when the condition can't be evaluated for this event. */
  readonly matches: (event: CloudEvent) => Promise<boolean>;
  readonly steps: readonly RouteStep[];
}

export interface RouteStep {
  readonly name: string;
  /** Under which name later steps find the result. */
  readonly as: string | undefined;
  readonly mapArguments: ArgumentMapping;
}

export interface Routes {
  readonly all: readonly Route[];
  readonly settings: RouteSettings;
}

export interface LoadRoutesOptions {
  /** Name of the file, for problems. */
  readonly fileName: string;
  readonly steps: ReadonlyMap<string, KnownStep>;
  /** Destinations whose settings are there; undefined when that is not to be checked. */
  readonly configured?: ReadonlySet<string>;
  /** Wins over the file's own settings. */
  readonly settings?: RouteSettings;
}

type Path = readonly (string | number)[];

/** Reads and compiles a routes file. @throws ConfigurationError that lists every problem as `file:line: text`. */
export function loadRoutes(yamlText: string, options: LoadRoutesOptions): Routes {
  const lineCounter = new LineCounter();
  const document = parseDocument(yamlText, { lineCounter });
  const problems = yamlProblems(document.errors, yamlText);
  const report = (path: Path, message: string) => {
    problems.push({ line: lineOf(path), text: `${formatPath(path)}${message}` });
  };
  const lineOf = (path: Path): number => {
    for (let depth = path.length; depth >= 0; depth--) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      if (isNode(node) && node.range) return lineCounter.linePos(node.range[0]).line;
    }
    return 1;
  };
  const failIfProblems = () => {
    if (problems.length === 0) return;
    problems.sort((a, b) => a.line - b.line);
    throw new ConfigurationError(
      `${options.fileName} can't be used`,
      problems.map(({ line, text }) => `${options.fileName}:${line}: ${text}`),
    );
  };

  failIfProblems();
  const parsed = z.safeParse(routesFileSchema, document.toJS() ?? {});
  for (const issue of parsed.error?.issues ?? []) {
    report(
      issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment))),
      issue.message,
    );
  }
  failIfProblems();
  const file = z.parse(routesFileSchema, document.toJS());
  const settings = { ...file.settings, ...options.settings };
  const all = file.routes.map((route, index) => compileRoute(route, settings, options, at(report, ['routes', index])));
  const seen = new Set<string>();
  file.routes.forEach(({ id }, index) => {
    if (seen.has(id)) report(['routes', index, 'id'], `another route has the id "${id}" too`);
    seen.add(id);
  });
  failIfProblems();
  return { all, settings };
}

interface Problem {
  readonly line: number;
  readonly text: string;
}

/** One problem a line: the parser reports several for one slip. */
function yamlProblems(errors: readonly YAMLParseError[], yamlText: string): Problem[] {
  const lines = yamlText.split('\n');
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

type Report = (path: Path, message: string) => void;

function at(report: Report, prefix: Path): Report {
  return (path, message) => report([...prefix, ...path], message);
}

function compileRoute(
  { id, when, do: steps }: RoutesFile['routes'][number],
  settings: RouteSettings,
  options: LoadRoutesOptions,
  report: Report,
): Route {
  const matchesType = anyGlob(when.event);
  const matchesSource = when.source === undefined ? () => true : anyGlob(when.source);
  const condition = compileWhen(when.if, at(report, ['when', 'if']));
  const names = new Set<string>();
  return {
    id,
    matches: async (event) =>
      matchesType(event.type) && matchesSource(event.source) && (await condition(scopeOf(event, {}, settings))),
    steps: steps.map(({ step, with: args, as }, index) => {
      const reportStep = at(report, ['do', index]);
      if (as !== undefined && names.has(as)) reportStep(['as'], `an earlier step's result has the name "${as}" too`);
      if (as !== undefined) names.add(as);
      return { name: step, as, mapArguments: compileStep(step, args, options, reportStep) };
    }),
  };
}

function compileStep(
  name: string,
  args: Readonly<Record<string, unknown>>,
  { steps, configured }: LoadRoutesOptions,
  report: Report,
): ArgumentMapping {
  const step = steps.get(name);
  if (step === undefined) {
    report(['step'], `no such step; known are ${[...steps.keys()].sort().join(', ')}`);
    return async () => ({});
  }
  const destination = name.split('.', 1)[0] ?? name;
  if (configured !== undefined && !configured.has(destination)) {
    report(['step'], `the destination "${destination}" has no settings; set ${destination.toUpperCase()}_BASE_URL`);
  }
  const { mapping, problems } = compileArguments(args, step.args);
  for (const { path, message } of problems) report(['with', ...path], message);
  return mapping;
}

function compileWhen(source: string | undefined, report: Report): (scope: Scope) => Promise<boolean> {
  if (source === undefined) return async () => true;
  try {
    return compileCondition(source);
  } catch (error) {
    report([], error instanceof Error ? error.message : String(error));
    return async () => false;
  }
}

/** What the expressions of a route see for this event. */
export function scopeOf(event: CloudEvent, results: Readonly<Record<string, unknown>>, settings: RouteSettings): Scope {
  return { event, data: event.data, results, settings };
}

function anyGlob(patterns: string | readonly string[]): (text: string) => boolean {
  const matchers = (typeof patterns === 'string' ? [patterns] : patterns).map(compileGlob);
  return (text) => matchers.some((matches) => matches(text));
}

function formatPath(path: Path): string {
  if (path.length === 0) return '';
  const text = path.reduce<string>(
    (sofar, segment) =>
      typeof segment === 'number' ? `${sofar}[${segment}]` : sofar ? `${sofar}.${segment}` : segment,
    '',
  );
  return `${text}: `;
}
