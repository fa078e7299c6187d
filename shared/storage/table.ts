/**
 * A table of rows. Every method rejects with a TransientError when storage does not answer or gives no access, and with
 * a PermanentError when it can't keep such a row: a column holds at most 32 Ki characters.
 */
export interface Table {
  /** The row, or undefined when there is none. */
  get(partitionKey: string, rowKey: string): Promise<StoredRow | undefined>;
  /** The version of the new row, or undefined when a row with these keys exists already. */
  insert(row: Row): Promise<string | undefined>;
  /** Replaces the row that has this version, and gives the new one; undefined when it was changed in the meantime. */
  replace(row: Row, version: string): Promise<string | undefined>;
}

export interface Row {
  /** At most 1 KiB, without `/ \ # ?` and control characters. */
  readonly partitionKey: string;
  readonly rowKey: string;
  /** No numbers: the SDK sends them untyped, and the service refuses whole ones beyond 32 bits. */
  readonly [column: string]: string | boolean;
}

export interface StoredRow {
  readonly columns: Readonly<Record<string, unknown>>;
  /** ETag: changes with every write. */
  readonly version: string;
}
