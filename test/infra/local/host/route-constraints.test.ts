import { describe, expect, it } from 'vitest';
import { readConstraint } from '../../../../infra/local/host/route-constraints.ts';

describe('readConstraint', () => {
  it.each<[string, string | undefined, string[], string[]]>([
    ['int', undefined, ['0', '-7', '2147483647'], ['2147483648', '1.5', 'x', '']],
    ['long', undefined, ['9223372036854775807'], ['9223372036854775808']],
    ['bool', undefined, ['true', 'FALSE'], ['1', 'yes']],
    ['guid', undefined, ['0f8fad5b-d9cd-469f-a165-70867728950e', '{0f8fad5bd9cd469fa16570867728950e}'], ['0f8fad5b']],
    ['alpha', undefined, ['abcXYZ'], ['a1']],
    ['decimal', undefined, ['1.5', '-2'], ['x']],
    ['datetime', undefined, ['2026-11-20'], ['soon']],
    ['required', undefined, ['x'], ['']],
    ['minlength', '2', ['ab'], ['a']],
    ['maxlength', '2', ['ab'], ['abc']],
    ['length', '2', ['ab'], ['a', 'abc']],
    ['length', '1,2', ['a', 'ab'], ['abc']],
    ['min', '3', ['3'], ['2', 'x']],
    ['max', '3', ['3'], ['4']],
    ['range', '1,3', ['1', '3'], ['0', '4']],
    ['regex', '^a+$', ['aa', 'AA'], ['b']],
  ])('%s(%s)', (name, argument, accepted, refused) => {
    const constraint = readConstraint(name, argument);
    expect(accepted.filter((value) => !constraint(value))).toEqual([]);
    expect(refused.filter(constraint)).toEqual([]);
  });
});
