import { ConfigurationError } from '../errors.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import * as z from '../zod.ts';
import { type ArgumentMapping, compileArguments } from './arguments.ts';
import { compileCondition, type Scope } from './expression.ts';
import { compileGlob } from './glob.ts';
import { type RouteDefinition, routeSchema, routesFileSchema } from './routes-schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { type Path, readYaml } from './yaml-document.ts';

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
  /** When given, routes to other destinations are left out and told here once the file is accepted; else refused. */
  readonly onLeftOut?: (route: LeftOutRoute) => void;
  /** Wins over the file's own settings. */
  readonly settings?: RouteSettings;
}

/** A route that can't be used as long as these destinations have no settings. */
export interface LeftOutRoute {
  readonly id: string;
  readonly destinations: readonly string[];
}

/** Reads and compiles a routes file. @throws ConfigurationError that lists every problem as `file:line: text`. */
export function loadRoutes(yamlText: string, options: LoadRoutesOptions): Routes {
  const document = readYaml(yamlText);
  const problems = [...document.problems];
  const report = (path: Path, message: string) => {
    problems.push({ line: document.lineOf(path), text: `${formatPath(path)}${message}` });
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
  const parsed = z.safeParse(routesFileSchema, document.content);
  for (const { path, message } of schemaProblems(parsed.error?.issues)) report(path, message);
  const settings = { ...parsed.data?.settings, ...options.settings };
  const seen = new Set<string>();
  const leftOut: LeftOutRoute[] = [];
  const all = wellFormedRoutes(document.content).flatMap(([index, route]) => {
    const reportRoute = at(report, ['routes', index]);
    if (seen.has(route.id)) reportRoute(['id'], `another route has the id "${route.id}" too`);
    seen.add(route.id);
    const compiled = compileRoute(route, settings, options, reportRoute);
    const destinations = options.onLeftOut === undefined ? [] : unsetDestinations(route, options);
    if (destinations.length === 0) return [compiled];
    leftOut.push({ id: route.id, destinations });
    return [];
  });
  failIfProblems();
  for (const route of leftOut) options.onLeftOut?.(route);
  return { all, settings };
}

/** Routes with nothing wrong in their structure, with their positions: a slip in one hides no problem of another. */
function wellFormedRoutes(content: unknown): [number, RouteDefinition][] {
  const { data } = z.safeParse(z.object({ routes: z.array(z.unknown()) }), content);
  return (data?.routes ?? []).flatMap<[number, RouteDefinition]>((route, index) => {
    const parsed = z.safeParse(routeSchema, route);
    return parsed.success ? [[index, parsed.data]] : [];
  });
}

/** Each once, in the order of the steps. */
function unsetDestinations({ do: steps }: RouteDefinition, { configured }: LoadRoutesOptions): string[] {
  return [...new Set(steps.map(({ step }) => destinationOf(step)))].filter((name) => configured?.has(name) === false);
}

function destinationOf(step: string): string {
  return step.split('.', 1)[0] ?? step;
}

type Report = (path: Path, message: string) => void;

function at(report: Report, prefix: Path): Report {
  return (path, message) => report([...prefix, ...path], message);
}

function compileRoute(
  { id, when, do: steps }: RouteDefinition,
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
  { steps, configured, onLeftOut }: LoadRoutesOptions,
  report: Report,
): ArgumentMapping {
  const step = steps.get(name);
  if (step === undefined) {
    report(['step'], `no such step; known are ${[...steps.keys()].sort().join(', ')}`);
    return async () => ({});
  }
  const destination = destinationOf(name);
  if (configured?.has(destination) === false && onLeftOut === undefined) {
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
