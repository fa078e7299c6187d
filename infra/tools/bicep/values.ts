/** What an expression gives. */
export type Value = string | number | boolean | null | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [name: string]: Value;
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Whether two values have the same content. Text is compared as Bicep does with `==`, with regard to case. */
export function isSame(left: Value, right: Value): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right);
}

/** What JSON.parse gave. */
export function toValue(parsed: unknown): Value {
  if (parsed === null || ['string', 'number', 'boolean'].includes(typeof parsed)) return primitive(parsed);
  if (Array.isArray(parsed)) return parsed.map(toValue);
  if (typeof parsed === 'object') {
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, toValue(value)]));
  }
  throw new TypeError(`no JSON value: ${typeof parsed}`);
}

function primitive(value: unknown): string | number | boolean | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
