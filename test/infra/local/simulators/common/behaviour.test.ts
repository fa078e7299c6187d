import { describe, expect, it } from 'vitest';
import { Behaviour } from '../../../../../infra/local/simulators/common/behaviour.ts';
import * as z from '../../../../../shared/zod.ts';

const schema = z.strictObject({ answers: z.enum(['json', 'text']), times: z.int() });
const create = () => new Behaviour(schema, { answers: 'json', times: 1 });

describe('Behaviour', () => {
  it('changes what is named, until it is reset', () => {
    const behaviour = create();
    expect(behaviour.change({ times: 2 })).toEqual({ answers: 'json', times: 2 });
    expect(behaviour.current).toEqual({ answers: 'json', times: 2 });
    behaviour.reset();
    expect(behaviour.current).toEqual({ answers: 'json', times: 1 });
  });

  it.each([
    ['unknown', { answers: 'text', colour: 'red' }, 'colour'],
    ['wrong', { answers: 'text', times: 'often' }, 'times'],
  ])('changes nothing when a setting is %s, and names it', (_name, changes, named) => {
    const behaviour = create();
    expect(() => behaviour.change(changes)).toThrow(named);
    expect(behaviour.current).toEqual({ answers: 'json', times: 1 });
  });

  it('does not begin with a wrong setting', () => {
    expect(() => new Behaviour(schema, { answers: 'json', times: 0.5 })).toThrow('times');
  });
});
