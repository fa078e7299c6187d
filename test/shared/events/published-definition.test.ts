import { describe, expect, it } from 'vitest';
import { canonicaliseKeys, type KeyTree, keyTreeOf, pointerInOriginal } from '../../../shared/events/canonical-keys.ts';
import { nimbusSchedulerEntrySchema } from '../../../shared/events/nimbus-scheduler-entry.ts';
import { nimbusTaskSchema } from '../../../shared/events/nimbus-task.ts';
import { type Place, placesOf, publishedObject, type Shape, valueAt } from '../../helpers/published-definition.ts';

const webhooks = [
  {
    name: 'TaskEventData',
    schema: nimbusTaskSchema,
    required: { taskId: 'T-1', event: 'Created' },
    newer: [],
    deepest: 'taskInformation/customer/telNumbers/0/value',
  },
  {
    name: 'SchedulerEntryEventData',
    schema: nimbusSchedulerEntrySchema,
    required: { schedulerEntryId: 'E-1', event: 'Created' },
    newer: ['conversationType'],
    deepest: 'customer/customFields/0/name',
  },
] as const;

const spellings: Record<string, (key: string) => string> = {
  published: (key) => key,
  'lower case': (key) => key.toLowerCase(),
  'upper case': (key) => key.toUpperCase(),
  'inverted case': (key) =>
    key.replace(/./g, (letter) => (/[a-z]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase())),
};

describe.each(webhooks)('the schema of $name', ({ name, schema, required, newer, deepest }) => {
  const tree = keyTreeOf(schema);
  const places = placesOf(publishedObject(name));

  it('is compared with a definition that has places below the top', () => {
    expect(places.map(({ keys }) => keys.join('/'))).toContain(deepest);
  });

  it('knows no key that is neither published nor a known addition', () => {
    const published = places.map(({ keys }) => pathOf(keys).toLowerCase());
    const ours = knownPaths(tree).filter((path) => !published.includes(path.toLowerCase()));
    expect(ours).toEqual(newer);
  });

  describe.each(places.map((place) => ({ ...place, path: pathOf(place.keys) })))('$path', ({ keys, shape }) => {
    const canonical = canonicalKeys(tree, keys);

    it.each(Object.keys(spellings))('is read in %s', (spelling) => {
      const spelt = keys.map((key) => spellings[spelling]?.(key) ?? key);
      const others = withoutKey(required, canonical[0]);
      const body = { ...others, ...asRecord(valueAt(spelt, sampleOf(shape))) };
      const expected = { ...others, ...asRecord(valueAt(canonical, sampleOf(shape))) };
      expect(schema.parse(canonicaliseKeys(body, tree))).toEqual(expected);
    });

    it('is refused with a value of another type, by its place in the body', () => {
      const spelt = keys.map((key) => key.toUpperCase());
      const body = { ...withoutKey(required, canonical[0]), ...asRecord(valueAt(spelt, wrongValueOf(shape))) };
      const issues = schema.safeParse(canonicaliseKeys(body, tree)).error?.issues ?? [];
      expect(issues.map(({ path }) => pointerInOriginal(body, path))).toEqual([`/${spelt.join('/')}`]);
    });
  });
});

/** A value of the published type that no default or conversion would produce. */
function sampleOf(shape: Shape): unknown {
  if (shape.kind === 'string') return 'some text';
  if (shape.kind === 'integer') return 7;
  if (shape.kind === 'boolean') return true;
  return shape.kind === 'array' ? [] : {};
}

function wrongValueOf(shape: Shape): unknown {
  if (shape.kind === 'string' || shape.kind === 'array' || shape.kind === 'object') return 7;
  return shape.kind === 'integer' ? 1.5 : 'maybe';
}

/** How the bridge spells these keys; a key that it does not know fails the test. */
function canonicalKeys(tree: KeyTree | undefined, keys: Place['keys']): string[] {
  let level = tree;
  return keys.map((key) => {
    if (key === '0') return key;
    const known = level?.byLowerCase.get(key.toLowerCase());
    level = known?.below;
    return known?.name ?? `(unknown) ${key}`;
  });
}

function knownPaths(tree: KeyTree | undefined, above = ''): string[] {
  return [...(tree?.byLowerCase.values() ?? [])].flatMap(({ name, below }) => [
    above + name,
    ...knownPaths(below, `${above}${name}.`),
  ]);
}

function pathOf(keys: Place['keys']): string {
  return keys.filter((key) => key !== '0').join('.');
}

function withoutKey(record: Readonly<Record<string, unknown>>, key: string | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
