import { describe, expect, it } from 'vitest';
import { textTable } from '../../../infra/tools/text-table.ts';

describe('textTable', () => {
  it('aligns columns under their names, in the order of the first row', () => {
    expect(
      textTable([
        { id: '1', name: 'Support' },
        { name: 'X', id: 'a long id' },
      ]),
    ).toEqual(['id         name', '1          Support', 'a long id  X']);
  });

  it('leaves the place of what a row lacks, and no blanks at the ends', () => {
    expect(
      textTable([
        { id: '1', name: 'wide', sip: '' },
        { id: '2', sip: 'sip:a@b' },
      ]),
    ).toEqual(['id  name  sip', '1   wide', '2         sip:a@b']);
  });

  it('says that there is nothing', () => {
    expect(textTable([])).toEqual(['(none)']);
  });

  it('hands no control character to the terminal', () => {
    expect(textTable([{ name: 'a\u001b[2J\nb' }])).toEqual(['name', 'a [2J b']);
  });
});
