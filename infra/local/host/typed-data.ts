import type { Int64, TypedData } from './rpc.ts';

/** The host's conversion of .NET values to typed data, one function per .NET type. */

export const text = (value: string): TypedData => ({ string: value });

export const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) });

export const bytes = (value: Uint8Array): TypedData => ({ bytes: value });

export const byteArrays = (values: readonly Uint8Array[]): TypedData => ({ collectionBytes: { bytes: [...values] } });

/**
 * A string array. Empty and absent entries disappear, which shifts the entries behind them, unless the app asked for
 * the capability `IncludeEmptyEntriesInMessagePayload`.
 */
export function texts(values: readonly (string | undefined)[], keepEmpty: boolean): TypedData {
  const kept = keepEmpty ? values.map((value) => value ?? '') : values.filter((value) => value !== undefined);
  return { collectionString: { string: keepEmpty ? kept : kept.filter((value) => value !== '') } };
}

/** A `long[]`: the worker hands its elements to the function as `{ low, high, unsigned }`. */
export function longs(values: readonly bigint[]): TypedData {
  return { collectionSint64: { sint64: values.map(toInt64) } };
}

function toInt64(value: bigint): Int64 {
  return { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: false };
}
