import { asJsonObject } from '../common/request-body.ts';
import { AcdRefusal } from './envelopes.ts';

/** The fields of a request's JSON object. */
export type Fields = ReadonlyMap<string, unknown>;

/** Throws 400 where there is no object. */
export function readFields(body: unknown): Fields {
  const fields = asJsonObject(body);
  if (fields === undefined) throw new AcdRefusal(400, 'The body is not a JSON object');
  return fields;
}

export function integer(fields: Fields, name: string): number | null {
  const value = fields.get(name) ?? null;
  if (value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw malformed(name);
  return value;
}

/** An empty text counts as absent. */
export function text(fields: Fields, name: string): string | null {
  const value = fields.get(name) ?? '';
  if (typeof value !== 'string') throw malformed(name);
  return value === '' ? null : value;
}

/** E.164. The documentation is of two minds about the leading plus, so both spellings pass. */
export function phoneNumber(fields: Fields, name: string): string | null {
  return check(text(fields, name), name, (number) => /^\+?[1-9]\d{3,14}$/.test(number));
}

export function withoutPlus(number: string): string {
  return number.replace(/^\+/, '');
}

export function check<T>(value: T | null, name: string, isValid: (value: T) => boolean): T | null {
  if (value !== null && !isValid(value)) throw malformed(name);
  return value;
}

export function requireField<T>(value: T | null, name: string): T {
  if (value === null) throw new AcdRefusal(400, `Missing parameter: ${name}`);
  return value;
}

export function malformed(name: string): AcdRefusal {
  return new AcdRefusal(400, `Invalid parameter: ${name}`);
}
