import { sortedEntries } from './sorted-copy.ts';

/** An array or object that is being written. */
interface Open {
  readonly items: Iterator<readonly [prefix: string, value: unknown]>;
  readonly end: string;
}

/**
 * Writes a value as JSON with sorted keys, however deeply it is nested (even within itself), and stops soon after
 * `maxLength` characters: text that is longer is cut off.
 */
export function boundedJson(value: unknown, maxLength: number): string {
  const parts: string[] = [];
  const open: Open[] = [];
  let length = 0;
  const write = (part: string) => {
    parts.push(part);
    length += part.length;
  };
  const begin = (next: unknown) => {
    if (Array.isArray(next)) {
      write('[');
      open.push({ items: itemsOf(next), end: ']' });
    } else if (typeof next === 'object' && next !== null) {
      write('{');
      open.push({ items: membersOf(next), end: '}' });
    } else {
      write(typeof next === 'bigint' ? 'null' : (JSON.stringify(next) ?? 'null'));
    }
  };

  begin(value);
  for (let top = open.at(-1); top !== undefined && length <= maxLength; top = open.at(-1)) {
    const { done, value: item } = top.items.next();
    if (done) {
      write(top.end);
      open.pop();
    } else {
      write(item[0]);
      begin(item[1]);
    }
  }
  return parts.join('');
}

function* itemsOf(array: readonly unknown[]): Generator<readonly [string, unknown], undefined> {
  for (const [index, value] of array.entries()) yield [index === 0 ? '' : ',', value];
}

function* membersOf(object: object): Generator<readonly [string, unknown], undefined> {
  let separator = '';
  for (const [key, value] of sortedEntries(object)) {
    yield [`${separator}${JSON.stringify(key)}:`, value];
    separator = ',';
  }
}
