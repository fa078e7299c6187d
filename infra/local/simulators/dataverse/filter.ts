import { noSuchProperty, notSimulated, ODataError, syntaxError } from './odata-error.ts';
import type { ColumnValue, StoredRecord } from './records.ts';
import type { Column, Table } from './tables.ts';

type Test = (record: StoredRecord) => boolean;

interface Token {
  readonly kind: 'word' | 'text' | 'open' | 'close';
  /** A text's quotes are gone and its doubled ones undone. */
  readonly value: string;
  readonly position: number;
}

/** Operators and functions of the Web API that are left out here, told apart from plain mistakes. */
const unsupported = ['ne', 'gt', 'ge', 'lt', 'le', 'not', 'in', 'contains', 'startswith', 'endswith', 'any', 'all'];

/**
 * Compiles `$filter`: `eq` with `and`, `or` and parentheses, `and` binding closer (OData 4.0). A quote within a text
 * is doubled. Texts compare without regard to case, as Microsoft documents for the Web API. Throws an OData error
 * otherwise.
 */
export function compileFilter(filter: string, table: Table): Test {
  const tokens = tokenize(filter);
  let next = 0;
  const peek = (): Token | undefined => tokens[next];
  const take = (): Token => {
    const token = tokens[next];
    if (token === undefined) throw syntaxError(filter.length, filter);
    next += 1;
    return token;
  };
  const takeWord = (word: string): boolean => {
    const found = peek()?.kind === 'word' && peek()?.value === word;
    if (found) next += 1;
    return found;
  };

  function parseOr(): Test {
    let left = parseAnd();
    while (takeWord('or')) {
      const [first, second] = [left, parseAnd()];
      left = (record) => first(record) || second(record);
    }
    return left;
  }

  function parseAnd(): Test {
    let left = parseTerm();
    while (takeWord('and')) {
      const [first, second] = [left, parseTerm()];
      left = (record) => first(record) && second(record);
    }
    return left;
  }

  function parseTerm(): Test {
    const token = take();
    if (token.kind === 'open') {
      const inner = parseOr();
      const closing = take();
      if (closing.kind !== 'close') throw syntaxError(closing.position, filter);
      return inner;
    }
    if (token.kind !== 'word') throw syntaxError(token.position, filter);
    if (unsupported.includes(token.value)) throw notSimulated(`'${token.value}' in $filter`);
    const operator = take();
    if (unsupported.includes(operator.value)) throw notSimulated(`'${operator.value}' in $filter`);
    if (operator.kind !== 'word' || operator.value !== 'eq') throw syntaxError(operator.position, filter);
    return equals(token.value, take(), table, filter);
  }

  const test = parseOr();
  const rest = peek();
  if (rest !== undefined) throw syntaxError(rest.position, filter);
  return test;
}

function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(?<open>\()|(?<close>\))|'(?<text>(?:[^']|'')*)'|(?<word>[^\s()']+))/y;
  while (filter.slice(pattern.lastIndex).trim() !== '') {
    const position = pattern.lastIndex;
    const groups = pattern.exec(filter)?.groups;
    if (groups === undefined) throw syntaxError(position, filter);
    if (groups.open !== undefined) tokens.push({ kind: 'open', value: '(', position });
    else if (groups.close !== undefined) tokens.push({ kind: 'close', value: ')', position });
    else if (groups.text !== undefined)
      tokens.push({ kind: 'text', value: groups.text.replaceAll("''", "'"), position });
    else tokens.push({ kind: 'word', value: groups.word ?? '', position });
  }
  return tokens;
}

function equals(name: string, literal: Token, table: Table, filter: string): Test {
  const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
  if (column === undefined) throw noSuchProperty(table.logicalName, name);
  const wanted = readLiteral(literal, column, filter);
  return ({ values }) => fold(values[name] ?? null) === fold(wanted);
}

function readLiteral(literal: Token, { type }: Column, filter: string): ColumnValue {
  const { kind, value } = literal;
  if (kind === 'open' || kind === 'close') throw syntaxError(literal.position, filter);
  if (kind === 'word' && value === 'null') return null;
  const literalType = kind === 'text' ? 'Edm.String' : typeOfWord(value);
  if (literalType === undefined) throw syntaxError(literal.position, filter);
  if (literalType !== type) {
    throw new ODataError(
      400,
      '0x0',
      `A binary operator with incompatible types was detected. Found operand types '${type}' and '${literalType}' for operator kind 'Equal'.`,
    );
  }
  if (type === 'Edm.Int32') return Number(value);
  return type === 'Edm.Boolean' ? value === 'true' : value;
}

function typeOfWord(word: string): Column['type'] | undefined {
  if (/^-?\d+$/.test(word)) return 'Edm.Int32';
  if (word === 'true' || word === 'false') return 'Edm.Boolean';
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(word)) return 'Edm.Guid';
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(word) ? 'Edm.DateTimeOffset' : undefined;
}

function fold(value: ColumnValue): ColumnValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
