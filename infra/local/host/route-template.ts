import { type Constraint, readConstraint } from './route-constraints.ts';

/** ASP.NET route templates: `orders/{id:int}/{part?}`, `files/{*rest}`, `{name}.{extension}`, `{page=1}`. */
export interface RouteTemplate {
  /** The same for templates that match the same paths; names of parameters play no part. */
  readonly shape: string;
  /** The parameters of a path, split at `/` and decoded; `undefined` when it does not match. Absent optional ones are missing. */
  match(segments: readonly string[]): Record<string, string> | undefined;
}

interface Parameter {
  name: string;
  catchAll: boolean;
  optional: boolean;
  defaultValue: string | undefined;
  constraints: { text: string; check: Constraint }[];
}

type Part = string | Parameter;

interface Segment {
  parts: Part[];
  /** Tried one after the other; their groups are the parameters in order. */
  patterns: RegExp[];
}

/** @throws {Error} saying what is wrong with the template. */
export function parseRouteTemplate(template: string): RouteTemplate {
  if (/^[/~]/.test(template)) throw new Error(`a route cannot start with '${template[0]}'`);
  if (template.includes('?') && !template.includes('{')) throw new Error("a route cannot contain '?' outside of '{…}'");
  const segments = splitSegments(template).map(readSegment);
  check(segments);
  return {
    shape: segments
      .map(({ parts }) => parts.map(shapeOf).join(''))
      .join('/')
      .toLowerCase(),
    match: (path) => matchSegments(segments, path),
  };
}

/** Splits at `/` outside of braces: a regex constraint may contain one. */
function splitSegments(template: string): string[] {
  const segments: string[] = [];
  let current = '';
  let depth = 0;
  for (const character of template.replace(/\/$/, '')) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === '/' && depth === 0) {
      segments.push(current);
      current = '';
    } else current += character;
  }
  if (depth !== 0) throw new Error("a route needs a '}' for each '{'");
  segments.push(current);
  if (segments.some((segment) => segment === '')) throw new Error("a route cannot contain '//'");
  return segments;
}

function readSegment(text: string): Segment {
  const parts: Part[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    const doubled = text[index + 1] === character;
    if ((character === '{' || character === '}') && doubled) {
      literal += character;
      index += 1;
    } else if (character === '{') {
      const end = closingBrace(text, index);
      if (literal !== '') parts.push(literal);
      literal = '';
      if (parts.length > 0 && typeof parts.at(-1) !== 'string')
        throw new Error(`'${text}' needs a literal between parameters`);
      parts.push(readParameter(text.slice(index + 1, end)));
      index = end;
    } else literal += character;
  }
  if (literal !== '') parts.push(literal);
  return { parts, patterns: segmentPatterns(parts) };
}

/** The `}` that ends a parameter; inside a constraint's argument braces are doubled. */
function closingBrace(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] !== '}') continue;
    if (text[index + 1] !== '}') return index;
    index += 1;
  }
  throw new Error(`'${text}' needs a '}' for each '{'`);
}

function readParameter(text: string): Parameter {
  const match = /^(\*{0,2})([^\s*/{}:=?()]+)((?::[^:(=?]+(?:\((?:.*?)\)(?=$|[:=?]))?)*)(\?|=.*)?$/s.exec(text);
  const [, stars = '', name = '', constraints = '', suffix = ''] = match ?? [];
  if (match === null) throw new Error(`'{${text}}' is no route parameter`);
  return {
    name,
    catchAll: stars !== '',
    optional: suffix === '?',
    defaultValue: suffix.startsWith('=') ? suffix.slice(1) : undefined,
    constraints: [...constraints.matchAll(/:([^:(]+)(?:\((.*?)\)(?=$|:))?/gs)].map(([whole, kind = '', argument]) => ({
      text: whole,
      check: readConstraint(kind.trim(), argument?.replaceAll('{{', '{').replaceAll('}}', '}')),
    })),
  };
}

function segmentPatterns(parts: readonly Part[]): RegExp[] {
  const sources = parts.map((part) => (typeof part === 'string' ? escapeRegExp(part) : '(.+)'));
  const whole = new RegExp(`^${sources.join('')}$`, 'is');
  const last = parts.at(-1);
  if (typeof last !== 'object' || !last.optional || parts.length === 1) return [whole];
  const dot = parts.at(-2);
  if (typeof dot !== 'string' || !dot.endsWith('.')) {
    throw new Error(`the optional parameter '${last.name}' may only follow a '.' or stand alone in its segment`);
  }
  const withoutLast = [...sources.slice(0, -2), escapeRegExp(dot.slice(0, -1))].join('');
  return [whole, new RegExp(`^${withoutLast}$`, 'is')];
}

function check(segments: readonly Segment[]): void {
  const names = new Set<string>();
  for (const [index, { parts }] of segments.entries()) {
    for (const part of parts) {
      if (typeof part === 'string') continue;
      if (names.has(part.name.toLowerCase())) throw new Error(`the parameter '${part.name}' appears more than once`);
      names.add(part.name.toLowerCase());
      const alone = index === segments.length - 1 && parts.length === 1;
      if (part.catchAll && !alone) throw new Error(`'{*${part.name}}' must be the last segment`);
    }
  }
}

function shapeOf(part: Part): string {
  if (typeof part === 'string') return part;
  const suffix = part.optional || part.defaultValue !== undefined ? '?' : '';
  return `{${part.catchAll ? '*' : ''}${part.constraints.map(({ text }) => text).join('')}${suffix}}`;
}

function matchSegments(segments: readonly Segment[], path: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const [first] = segment.parts;
    const single = segment.parts.length === 1 && typeof first === 'object' ? first : undefined;
    if (single?.catchAll) return bind(single, path.slice(index).join('/') || undefined, values) ? values : undefined;
    const text = path[index];
    if (text === undefined) {
      if (single === undefined || !(single.optional || single.defaultValue !== undefined)) return undefined;
      if (!bind(single, undefined, values)) return undefined;
    } else if (!matchSegment(segment, text, values)) return undefined;
  }
  return path.length > segments.length ? undefined : values;
}

function matchSegment(segment: Segment, text: string, values: Record<string, string>): boolean {
  const match = segment.patterns.map((pattern) => pattern.exec(text)).find((found) => found !== null);
  if (match === undefined) return false;
  const parameters = segment.parts.filter((part) => typeof part !== 'string');
  return parameters.every((parameter, position) => bind(parameter, match[position + 1], values));
}

/** Stores a parameter's value, or its default; false when a constraint refuses it. */
function bind(parameter: Parameter, text: string | undefined, values: Record<string, string>): boolean {
  const value = text ?? parameter.defaultValue;
  if (value === undefined) return parameter.optional || parameter.catchAll;
  if (!parameter.constraints.every(({ check: accepts }) => accepts(value))) return false;
  values[parameter.name] = value;
  return true;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
