import { asJsonObject } from '../common/request-body.ts';
import { LucsRefusal } from './refusal.ts';

/** The fields of a request's JSON object, read by name. A `null` counts as absent. */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #prefix: string;

  /** Throws a refusal when there is no object. `prefix` stands before names in refusals. */
  constructor(value: unknown, absent: string, prefix = '') {
    const fields = asJsonObject(value);
    if (fields === undefined) throw invalid(absent);
    this.#fields = fields;
    this.#prefix = prefix;
  }

  /** The value of a field, null when it is absent. Throws a refusal when it is not valid. */
  optional<T>(name: string, isValid: (value: unknown) => value is T): T | null {
    const value = this.raw(name);
    if (value === null || isValid(value)) return value;
    throw invalid(`The value of ${this.#prefix}${name} is not valid.`);
  }

  /** Throws a refusal also when the field is absent. */
  required<T>(name: string, isValid: (value: unknown) => value is T): T {
    const value = this.optional(name, isValid);
    if (value === null) throw invalid(`${this.#prefix}${name} is required.`);
    return value;
  }

  raw(name: string): unknown {
    return this.#fields.get(name) ?? null;
  }
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

export function isPositiveInteger(value: unknown): value is number {
  return isCount(value) && value > 0;
}

/** An int32 of 0 or more. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fffffff;
}

export function isSipAddress(value: unknown): value is string {
  return isString(value) && /^sip:[^@\s]+@[^@\s]+$/i.test(value);
}

/** True for a value that is one of the given texts, exactly. */
export function isOneOf<T extends string>(values: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => values.some((known) => known === value);
}

/** A body or parameter that is missing or malformed: 500, for LUCS documents no 400. */
export function invalid(message: string): LucsRefusal {
  return new LucsRefusal('InvalidArgument', message);
}
