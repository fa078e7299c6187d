import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../../../../infra/local/simulators/dataverse/filter.ts';
import type { ColumnValue, StoredRecord } from '../../../../../infra/local/simulators/dataverse/records.ts';
import { findTable, type Table } from '../../../../../infra/local/simulators/dataverse/tables.ts';

function table(entitySet: string): Table {
  const found = findTable(entitySet);
  if (found === undefined) throw new Error(`no table ${entitySet}`);
  return found;
}
const contacts = table('contacts');
const phonecalls = table('phonecalls');

function record(values: Record<string, ColumnValue>): StoredRecord {
  return { id: 'x', values, version: 1 };
}

const nora = record({ telephone1: '+441632960123', mobilephone: null, lastname: "O'Dell", firstname: 'Nora' });

describe('compileFilter', () => {
  it.each([
    ["telephone1 eq '+441632960123'", true],
    ["telephone1 eq '+441632960999'", false],
    ["telephone1 eq '+441632960999' or firstname eq 'Nora'", true],
    ["telephone1 eq '+441632960123' and firstname eq 'Ada'", false],
    ["firstname eq 'Nora' or firstname eq 'x' and firstname eq 'y'", true],
    ["(firstname eq 'Nora' or firstname eq 'x') and firstname eq 'y'", false],
    ["lastname eq 'O''Dell'", true],
    ["lastname eq 'o''dell'", true],
    ['mobilephone eq null', true],
    ['telephone1 eq null', false],
    ["((firstname eq 'Nora'))", true],
    ["  firstname   eq 'Nora'  ", true],
    ["firstname eq 'Nora'or firstname eq 'x'", true],
  ])('%s: %s', (filter, expected) => expect(compileFilter(filter, contacts)(nora)).toBe(expected));

  it.each([
    ['prioritycode eq 1', true],
    ['directioncode eq true', true],
    ['directioncode eq false', false],
    ['_regardingobjectid_value eq C0A80101-0000-4000-8000-000000000001', true],
  ])('compares other types: %s: %s', (filter, expected) => {
    const values = {
      prioritycode: 1,
      directioncode: true,
      _regardingobjectid_value: 'c0a80101-0000-4000-8000-000000000001',
    };
    expect(compileFilter(filter, phonecalls)(record(values))).toBe(expected);
  });

  it.each([
    ['', 'Syntax error at position 0'],
    ['telephone1', 'Syntax error at position 10'],
    ['telephone1 eq', 'Syntax error at position 13'],
    ["telephone1 = 'x'", 'Syntax error at position 10'],
    ["telephone1 eq 'x", 'Syntax error at position 13'],
    ["lastname eq 'O'Dell'", 'Syntax error'],
    ["(telephone1 eq 'x'", 'Syntax error at position 18'],
    ["telephone1 eq 'x')", 'Syntax error at position 17'],
    ["telephone1 eq 'x' firstname eq 'y'", 'Syntax error at position 17'],
    ["telephone1 EQ 'x'", 'Syntax error at position 10'],
    ['telephone1 eq x', 'Syntax error at position 13'],
    ["'x' eq telephone1", 'Syntax error at position 0'],
    ["Telephone1 eq 'x'", "Could not find a property named 'Telephone1' on type 'Microsoft.Dynamics.CRM.contact'."],
    ["constructor eq 'x'", "Could not find a property named 'constructor'"],
    ['telephone1 eq 441632960123', 'A binary operator with incompatible types was detected.'],
    ["contains(telephone1,'1')", "does not support 'contains' in $filter"],
    ["telephone1 ne 'x'", "does not support 'ne' in $filter"],
  ])('refuses %s', (filter, message) => expect(() => compileFilter(filter, contacts)).toThrow(message));

  it('finds exactly the text that was quoted, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (wanted, other) => {
        const matches = compileFilter(`firstname eq '${wanted.replaceAll("'", "''")}'`, contacts);
        expect(matches(record({ firstname: wanted }))).toBe(true);
        expect(matches(record({ firstname: other }))).toBe(other.toLowerCase() === wanted.toLowerCase());
      }),
    );
  });

  it('evaluates any expression as its tree says', () => {
    type Tree = { name: string } | { operator: 'and' | 'or'; left: Tree; right: Tree };
    const names = ['firstname', 'lastname', 'jobtitle'];
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.record({ name: fc.constantFrom(...names) }),
        fc.record({ operator: fc.constantFrom('and' as const, 'or' as const), left: tie('tree'), right: tie('tree') }),
      ),
    }));
    const write = (node: Tree): string =>
      'name' in node ? `${node.name} eq 'yes'` : `(${write(node.left)} ${node.operator} ${write(node.right)})`;
    const evaluate = (node: Tree, values: Record<string, string>): boolean => {
      if ('name' in node) return values[node.name] === 'yes';
      const [left, right] = [evaluate(node.left, values), evaluate(node.right, values)];
      return node.operator === 'and' ? left && right : left || right;
    };
    const answer = fc.constantFrom('yes', 'no');
    fc.assert(
      fc.property(tree, fc.record({ firstname: answer, lastname: answer, jobtitle: answer }), (node, values) => {
        expect(compileFilter(write(node), contacts)(record(values))).toBe(evaluate(node, values));
      }),
    );
  });
});
