import { createHash } from 'node:crypto';
import { isList, isObject, isSame, toValue, type Value, type ValueObject } from './values.ts';

/** An argument: a value, or a lambda. */
export type Argument = Value | ((...args: Value[]) => Value);

/** What functions find around them. */
export interface Surroundings {
  /** Content of a file, by its path from the file that calls. */
  readonly readFile: (path: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resourceGroupId: string;
  readonly location: string;
}

type BuiltIn = (args: readonly Argument[], around: Surroundings) => Value;

/** The functions of Bicep that this project uses. Any other is refused, so that none is passed over. */
export const builtIns: Readonly<Record<string, BuiltIn>> = {
  cidrSubnet: ([prefix, size, index]) => cidrSubnet(text(prefix), whole(size), whole(index)),
  concat: (args) => args.flatMap((arg) => list(arg)),
  contains: ([container, item]) => {
    if (isObject(plain(container))) return text(item) in object(container);
    if (typeof container === 'string') return container.includes(text(item));
    return list(container).some((each) => isSame(each, plain(item)));
  },
  empty: ([value]) => {
    const given = plain(value);
    if (given === null || given === '') return true;
    if (isList(given)) return given.length === 0;
    return isObject(given) && Object.keys(given).length === 0;
  },
  environment: () => ({ suffixes: { storage: 'core.windows.net', keyvaultDns: '.vault.azure.net' } }),
  filter: ([values, keep]) => list(values).filter((value) => lambda(keep)(value) === true),
  flatten: ([values]) => list(values).flatMap((value) => list(value)),
  guid: (args) => guid(args.map(text).join('|')),
  items: ([value]) =>
    Object.entries(object(value))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, each]) => ({ key, value: each })),
  json: ([value]) => toValue(JSON.parse(text(value))),
  length: ([value]) => (typeof value === 'string' ? value.length : list(value).length),
  loadJsonContent: ([path], { readFile }) => toValue(JSON.parse(readFile(text(path)))),
  loadTextContent: ([path], { readFile }) => readFile(text(path)),
  map: ([values, change]) => list(values).map((value) => lambda(change)(value)),
  max: (args) => Math.max(...args.map(whole)),
  range: ([start, count]) => Array.from({ length: whole(count) }, (_, index) => whole(start) + index),
  readEnvironmentVariable: ([name, fallback], { environment }) => environment[text(name)] ?? text(fallback),
  replace: ([value, old, fresh]) => text(value).replaceAll(text(old), () => text(fresh)),
  resourceGroup: (_, { resourceGroupId, location }) => ({ id: resourceGroupId, location }),
  split: ([value, separator]) => text(value).split(text(separator)),
  string: ([value]) => String(plain(value)),
  subscription: () => ({ tenantId: guid('tenant') }),
  subscriptionResourceId: ([type, name], { resourceGroupId }) =>
    `${resourceGroupId.replace(/\/resourceGroups\/.*/, '')}/providers/${text(type)}/${text(name)}`,
  toLower: ([value]) => text(value).toLowerCase(),
  toObject: ([values, key, value]) =>
    Object.fromEntries(
      list(values).map((each) => [text(lambda(key)(each)), value === undefined ? each : lambda(value)(each)]),
    ),
  union: (args) => args.map((arg) => object(arg)).reduce(merged),
  uniqueString: (args) => uniqueString(args.map(text).join('|')),
};

function merged(left: ValueObject, right: ValueObject): ValueObject {
  const both = Object.entries(right).map(([name, value]): [string, Value] => {
    const before = left[name];
    return [name, isObject(before) && isObject(value) ? merged(before, value) : value];
  });
  return { ...left, ...Object.fromEntries(both) };
}

/** Stand-in for Azure's hash: like it 13 letters and digits, of which the same text always gives the same. */
function uniqueString(source: string): string {
  const bytes = createHash('sha256').update(source).digest();
  return Array.from(bytes.subarray(0, 13), (byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte % 32]).join('');
}

/** Stand-in for Azure's GUID made of text. */
function guid(source: string): string {
  const hex = createHash('sha256').update(source).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

function cidrSubnet(prefix: string, size: number, index: number): string {
  const [address = '', length = ''] = prefix.split('/');
  const base = address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  const first = base + index * 2 ** (32 - size);
  if (Number(length) > size || first + 2 ** (32 - size) > base + 2 ** (32 - Number(length))) {
    throw new TypeError(`${prefix} has no subnet /${size} with index ${index}`);
  }
  return `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join('.')}/${size}`;
}

function plain(argument: Argument | undefined): Value {
  if (argument === undefined || typeof argument === 'function') throw new TypeError('a value is expected');
  return argument;
}

function text(argument: Argument | undefined): string {
  if (typeof argument !== 'string') throw new TypeError(`text is expected, not ${JSON.stringify(argument)}`);
  return argument;
}

function whole(argument: Argument | undefined): number {
  if (typeof argument !== 'number') throw new TypeError(`a number is expected, not ${JSON.stringify(argument)}`);
  return argument;
}

function list(argument: Argument | undefined): readonly Value[] {
  const value = plain(argument);
  if (!isList(value)) throw new TypeError(`a list is expected, not ${JSON.stringify(value)}`);
  return value;
}

function object(argument: Argument | undefined): ValueObject {
  const value = plain(argument);
  if (!isObject(value)) throw new TypeError(`an object is expected, not ${JSON.stringify(value)}`);
  return value;
}

function lambda(argument: Argument | undefined): (...args: Value[]) => Value {
  if (typeof argument !== 'function') throw new TypeError('a lambda is expected');
  return argument;
}
