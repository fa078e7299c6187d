/** The answer shapes of the jtel REST API. `status` repeats the HTTP status. */

export type AcdRecord = Readonly<Record<string, unknown>>;

/** Of list-all calls. `filter`, `limitStart` and `limitPageSize` are reserved: there is no paging. */
export function fullList(records: readonly AcdRecord[], orderBy: string): AcdRecord {
  return {
    filter: '',
    limitStart: 0,
    limitPageSize: -1,
    records,
    count: records.length,
    orderBy,
    ascending: true,
    status: 200,
  };
}

/** Of calls by id or by name, and of creation. */
export function shortList(records: readonly AcdRecord[]): AcdRecord {
  return { records, count: records.length, status: 200 };
}

/** Of the list of live calls only. */
export function callsList(records: readonly AcdRecord[]): AcdRecord {
  return { records, count: records.length, orderBy: 'UFN', status: 200 };
}

/** Of deletion. */
export const statusOnly: AcdRecord = { status: 200 };

/** Of setting a cockpit variable, whose refusals come with HTTP status 200 too. */
export function variableResult(result: number, error: string): AcdRecord {
  return { result, error };
}

export function errorEnvelope(status: number, error: string): AcdRecord {
  return { status, error };
}

/** A call that the ACD refuses with a body of its own. The texts are invented, clients must not match on them. */
export class AcdRefusal extends Error {
  override readonly name = 'AcdRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The same JSON with the keys of every object in random order, as jtel's hash maps send them. `random` gives [0, 1).
 */
export function shuffleKeys(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const ranked = Object.entries(value).map(([key, item]) => ({ key, item, rank: random() }));
  ranked.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(ranked.map(({ key, item }) => [key, shuffleKeys(item, random)]));
}
