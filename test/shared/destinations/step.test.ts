import { describe, expect, it } from 'vitest';
import { defineStep, type StepDefinition } from '../../../shared/destinations/step.ts';
import * as z from '../../../shared/zod.ts';
import { aStepCall } from '../../helpers/a-step-call.ts';

const call = aStepCall();

const args = z.strictObject({
  name: z.string().check(z.minLength(2)),
  count: z._default(z.int(), 3),
  flags: z.optional(z.strictObject({ a: z.boolean() })),
});
type Definition = StepDefinition<string, z.infer<typeof args>, unknown>;

function prepare(input: unknown, parts: Partial<Definition> = {}) {
  const step = defineStep<string, z.infer<typeof args>, unknown>({
    summary: 'Does something.',
    args,
    repeatable: false,
    run: async (...given) => given,
    ...parts,
  });
  return step.bind('client').prepare(input);
}

describe('a step', () => {
  it('runs with its client, its arguments with defaults, and the call', async () => {
    const prepared = prepare({ name: 'ab' });
    if (!prepared.ok) throw new Error(prepared.problems.join());
    expect(await prepared.call.run(call)).toEqual(['client', { name: 'ab', count: 3 }, call]);
    expect(prepared.call).toMatchObject({ repeatable: false, findExisting: undefined });
  });

  it('can be asked whether it ran, where its definition can', async () => {
    const prepared = prepare({ name: 'ab' }, { repeatable: true, findExisting: async (...given) => given });
    if (!prepared.ok) throw new Error(prepared.problems.join());
    expect(await prepared.call.findExisting?.(call)).toEqual(['client', { name: 'ab', count: 3 }, call]);
    expect(prepared.call.repeatable).toBe(true);
  });

  it.each<[unknown, string[]]>([
    [{}, ['name: Invalid input: expected string, received undefined']],
    [
      { name: 'x', count: 1.5 },
      [
        'name: Too small: expected string to have >=2 characters',
        'count: Invalid input: expected int, received number',
      ],
    ],
    [{ name: 'ab', naem: 1 }, ['arguments: Unrecognized key: "naem"']],
    [null, ['arguments: Invalid input: expected object, received null']],
  ])('refuses %j with every problem', (input, problems) => {
    expect(prepare(input)).toEqual({ ok: false, problems });
  });

  it('names the argument, never its value, nor keys within it', () => {
    const problems = [
      prepare({ name: { 'SECRET-KEY': 'SECRET' } }),
      prepare({ name: 'ab', count: 'SECRET' }),
      prepare({ name: 'ab', flags: { a: true, 'SECRET-KEY': 'SECRET' } }),
    ];
    expect(JSON.stringify(problems)).not.toContain('SECRET');
    expect(problems[2]).toEqual({ ok: false, problems: ['flags: Unrecognized key'] });
  });
});
