import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../shared/routes/yaml-document.ts';

const text = `# a comment
first:
  deep: 1

list:
  - name: a
    more:
      - x
      - y: >
          folded
          text
  -
    name: b
"quoted key": 2
1: number
shared: &s
  inner: 3
alias: *s
flow: { a: 1, b: [c,
  d] }
`;

describe('readYaml', () => {
  it('gives plain data', () => {
    expect(readYaml(text)).toMatchObject({
      problems: [],
      content: {
        first: { deep: 1 },
        list: [{ name: 'a' }, { name: 'b' }],
        alias: { inner: 3 },
        flow: { b: ['c', 'd'] },
      },
    });
    expect(readYaml('# nothing\n').content).toEqual({});
  });

  it.each<[(string | number)[], number]>([
    [[], 2],
    [['first'], 2],
    [['first', 'deep'], 3],
    [['list'], 5],
    [['list', 0], 6],
    [['list', 0, 'more'], 7],
    [['list', 0, 'more', 0], 8],
    [['list', 0, 'more', 1, 'y'], 9],
    [['list', 1], 13],
    [['quoted key'], 14],
    [['1'], 15],
    [[1], 15],
    [['alias'], 18],
    [['flow', 'b'], 19],
    [['flow', 'b', 1], 20],
  ])('knows that %j is in line %i', (path, line) => expect(readYaml(text).lineOf(path)).toBe(line));

  it.each<[(string | number)[], number]>([
    [['missing'], 2],
    [['first', 'missing'], 2],
    [['first', 'deep', 'er'], 3],
    [['list', 9, 'name'], 5],
    [['list', 0, 'more', 'name'], 7],
    [['alias', 'inner'], 18],
  ])('knows that %j would be around line %i', (path, line) => expect(readYaml(text).lineOf(path)).toBe(line));

  it('has one problem for each line with slips, the first of it', () => {
    expect(readYaml('a: "x" y: z\nb: 1\nc: "x" y: z\n').problems).toEqual([
      { line: 1, text: 'Nested mappings are not allowed in compact mappings' },
      { line: 3, text: 'Nested mappings are not allowed in compact mappings' },
    ]);
  });

  it('says line 1 where there is nothing', () => expect(readYaml('').lineOf(['a', 0])).toBe(1));

  it('refuses to unfold a few aliases into more than the memory holds', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of [...'abcdefg'].map((c, i, all) => [c, all[i + 1] ?? 'h'])) {
      levels.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
    }
    const { problems, content } = readYaml(levels.join('\n'));
    expect(content).toBeUndefined();
    expect(problems).toEqual([{ line: 1, text: expect.stringContaining('Excessive alias count') }]);
  });
});
