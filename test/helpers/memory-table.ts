import { TransientError } from '../../shared/errors.ts';
import type { Row, StoredRow, Table } from '../../shared/storage/table.ts';

type Operation = 'get' | 'insert' | 'replace';

/** May throw, and the operation rejects with it; may wait, and the operation waits too. */
export type TableHook = (operation: Operation, keys: { partitionKey: string; rowKey: string }) => void | Promise<void>;

/** A table in memory that keeps versions as the real one does, with places to break it. */
export class MemoryTable implements Table {
  /** Runs before an operation touches the rows. */
  before: TableHook = () => undefined;
  /** Runs when an operation has taken effect: throwing here loses its answer, not its effect. */
  after: TableHook = () => undefined;
  readonly #rows = new Map<string, StoredRow>();
  #writes = 0;

  /** What is stored, oldest key first. */
  get rows(): readonly StoredRow[] {
    return [...this.#rows.values()];
  }

  /** From now on no operation is answered, until `recover`. */
  goDown(): void {
    this.before = () => {
      throw new TransientError('the table storage does not answer');
    };
  }

  recover(): void {
    this.before = () => undefined;
    this.after = () => undefined;
  }

  /** Takes a row away, as an operator or an expiry job would. */
  remove(partitionKey: string, rowKey: string): void {
    this.#rows.delete(keyOf({ partitionKey, rowKey }));
  }

  get(partitionKey: string, rowKey: string): Promise<StoredRow | undefined> {
    const keys = { partitionKey, rowKey };
    return this.#run('get', keys, () => this.#rows.get(keyOf(keys)));
  }

  insert(row: Row): Promise<string | undefined> {
    return this.#run('insert', row, () => (this.#rows.has(keyOf(row)) ? undefined : this.#write(row)));
  }

  replace(row: Row, version: string): Promise<string | undefined> {
    return this.#run('replace', row, () =>
      this.#rows.get(keyOf(row))?.version === version ? this.#write(row) : undefined,
    );
  }

  #write(row: Row): string {
    this.#writes += 1;
    const version = `W/"${this.#writes}"`;
    this.#rows.set(keyOf(row), { columns: { ...row }, version });
    return version;
  }

  async #run<T>(operation: Operation, { partitionKey, rowKey }: StoredKeys, effect: () => T): Promise<T> {
    await this.before(operation, { partitionKey, rowKey });
    const result = effect();
    await this.after(operation, { partitionKey, rowKey });
    return result;
  }
}

interface StoredKeys {
  readonly partitionKey: string;
  readonly rowKey: string;
}

function keyOf({ partitionKey, rowKey }: StoredKeys): string {
  return JSON.stringify([partitionKey, rowKey]);
}
