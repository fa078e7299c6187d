import { ConfigurationError } from '../../../shared/errors.ts';
import type { LoadedFunction } from './load-app.ts';
import { parseRouteTemplate, type RouteTemplate } from './route-template.ts';
import type { HttpTrigger } from './triggers.ts';

/** A function that answers HTTP requests, and where. */
export interface Route {
  target: LoadedFunction;
  trigger: HttpTrigger;
  template: RouteTemplate;
  /** Prefix and template, as they are printed. */
  path: string;
}

export interface RouteMatch {
  route: Route;
  params: Record<string, string>;
}

/** The first segments of a path that belong to the host itself. */
const reservedPrefix = /^(admin|runtime)(\/|$)/i;

/**
 * Compiles the routes of an app, in the order in which they are tried: that of the functions' names. No route is preferred
 * for being more literal than another.
 *
 * @throws {ConfigurationError} with every template that cannot be read and every pair that collides.
 */
export function compileRoutes(functions: readonly LoadedFunction[], prefix: string): Route[] {
  const problems: string[] = [];
  const routes: Route[] = [];
  for (const target of functions) {
    if (target.trigger.kind !== 'http') continue;
    try {
      const path = prefix === '' ? target.trigger.route : `${prefix}/${target.trigger.route}`;
      if (reservedPrefix.test(path)) throw new Error("routes below 'admin' and 'runtime' belong to the host");
      parseRouteTemplate(target.trigger.route);
      const route = { target, trigger: target.trigger, template: parseRouteTemplate(path), path };
      const rival = routes.find((other) => collide(other, route));
      if (rival !== undefined) throw new Error(`function '${rival.target.name}' already answers these requests`);
      routes.push(route);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`function '${target.name}': route '${target.trigger.route}': ${reason}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError('The routes of the function app cannot be served', problems);
  return routes;
}

/** The first route that matches path and method. A wrong method is no match: the answer is 404, never 405. */
export function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const segments = splitPath(path);
  for (const route of routes) {
    if (!accepts(route.trigger, method)) continue;
    const params = route.template.match(segments);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

/** Splits and decodes a path. `%2F` stays as it is: decoded it would look like a separator. */
function splitPath(path: string): string[] {
  const trimmed = path.replace(/^\//, '').replace(/\/$/, '');
  return trimmed === '' ? [] : trimmed.split('/').map(decodeSegment);
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment.replaceAll(/%2f/gi, (slash) => `%25${slash.slice(1)}`));
  } catch {
    return segment;
  }
}

function accepts(trigger: HttpTrigger, method: string): boolean {
  return trigger.methods.length === 0 || trigger.methods.includes(method);
}

function collide(a: Route, b: Route): boolean {
  if (a.template.shape !== b.template.shape) return false;
  return (
    a.trigger.methods.length === 0 ||
    b.trigger.methods.length === 0 ||
    a.trigger.methods.some((method) => accepts(b.trigger, method))
  );
}
