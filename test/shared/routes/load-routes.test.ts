import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../shared/errors.ts';
import { type LeftOutRoute, type LoadRoutesOptions, loadRoutes, scopeOf } from '../../../shared/routes/load-routes.ts';
import * as z from '../../../shared/zod.ts';
import { anEvent } from '../../helpers/an-event.ts';

const steps = new Map([
  ['crm.find', { args: z.strictObject({ phone: z.string(), limit: z.optional(z.int()) }) }],
  ['lucs.write', { args: z.strictObject({ text: z.optional(z.string()) }) }],
]);

function load(yaml: string, options: Partial<LoadRoutesOptions> = {}) {
  return loadRoutes(yaml, { fileName: 'routes.yaml', steps, ...options });
}

function problemsOf(yaml: string, options: Partial<LoadRoutesOptions> = {}): readonly string[] {
  try {
    load(yaml, options);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

/** A file with one route, whose parts can be replaced; line 2 is the route's id. */
function file({ id = 'one', when = 'event: "*"', steps = ['step: lucs.write'], more = '' } = {}): string {
  const list = steps.map((step) => `      - ${step.replaceAll('\n', '\n        ')}`).join('\n');
  return `routes:\n  - id: ${id}\n    when:\n      ${when}\n    do:\n${list}\n${more}`;
}

describe('a wrong routes file', () => {
  it('is refused with its name on every line', () => {
    expect(() => load('routes: []')).toThrow(
      new ConfigurationError("routes.yaml can't be used", [
        'routes.yaml:1: routes: Too small: expected array to have >=1 items',
      ]),
    );
  });

  it.each<[string, string, string[]]>([
    ['nothing at all', '', ['1: routes: Invalid input: expected array, received undefined']],
    ['a list instead of a map', '- 1', ['1: Invalid input: expected object, received array']],
    [
      'unclosed brackets',
      'settings: {}\nroutes: [',
      ['2: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['a tab', 'routes:\n\t- id: x', ['2: Tabs are not allowed as indentation']],
    ['a key twice', 'settings: {}\nroutes: []\nsettings: {}', ['3: Map keys must be unique']],
    [
      'two documents',
      'routes: []\n---\nroutes: []',
      ['2: Source contains multiple documents; please use YAML.parseAllDocuments()'],
    ],
    ['an alias of nothing', 'settings: {}\nroutes: *missing', ['2: *missing has no &missing before it']],
    ['an alias of itself', 'routes: &all\n  - id: x\n    when: *all', ['3: *all contains itself']],
  ])('with %s', (_what, yaml, expected) => {
    expect(problemsOf(yaml)).toEqual(expected.map((text) => `routes.yaml:${text}`));
  });

  it('with an expression that YAML takes apart: says that it needs quotes', () => {
    const yaml = file({ steps: ['step: lucs.write\nwith:\n  text: =data.a ? "b" : "c"'] });
    expect(problemsOf(yaml)).toEqual([
      'routes.yaml:8: Nested mappings are not allowed in compact mappings (an expression with ": " in it needs quotes around it)',
    ]);
  });

  it('does not speak of expressions where there is none', () => {
    expect(problemsOf('routes:\n  - id: a: b')).toEqual([
      'routes.yaml:2: Nested mappings are not allowed in compact mappings',
    ]);
  });

  it.each<[string, string, string[]]>([
    ['an unknown key at the top', `${file()}stetings:\n  a: 1`, ['7: stetings: no such key']],
    ['an unknown key of a route', file({ more: '    wen:\n      a: 1' }), ['7: routes[0].wen: no such key']],
    [
      'an unknown key of a condition',
      file({ when: 'event: a\n      unless: b' }),
      ['5: routes[0].when.unless: no such key'],
    ],
    [
      'an unknown key of a step',
      file({ steps: ['step: lucs.write\nwiht: {}'] }),
      ['7: routes[0].do[0].wiht: no such key'],
    ],
    [
      'a missing id',
      'routes:\n  - when:\n      event: a\n    do:\n      - step: lucs.write',
      ['2: routes[0].id: Invalid input: expected string, received undefined'],
    ],
    [
      'a wrong id',
      file({ id: 'Not This' }),
      ['2: routes[0].id: Invalid id: use lower-case letters, digits and hyphens, at most 64'],
    ],
    [
      'no event',
      file({ when: 'source: a' }),
      ['3: routes[0].when.event: Invalid pattern: expected a text, or a list of at least one'],
    ],
    [
      'an empty event',
      file({ when: 'event: ""' }),
      ['4: routes[0].when.event: Too small: expected string to have >=1 characters'],
    ],
    [
      'an empty list of events',
      file({ when: 'event: []' }),
      ['4: routes[0].when.event: Too small: expected array to have >=1 items'],
    ],
    [
      'an empty source',
      file({ when: 'event: a\n      source: ""' }),
      ['5: routes[0].when.source: Too small: expected string to have >=1 characters'],
    ],
    [
      'an empty condition',
      file({ when: 'event: a\n      if: ""' }),
      ['5: routes[0].when.if: Too small: expected string to have >=1 characters'],
    ],
    [
      'no steps',
      'routes:\n  - id: one\n    when:\n      event: a\n    do: []',
      ['5: routes[0].do: Too small: expected array to have >=1 items'],
    ],
    [
      'a wrong result name',
      file({ steps: ['step: lucs.write\nas: a-b'] }),
      ['7: routes[0].do[0].as: Invalid name: use letters, digits and underscores'],
    ],
    ['a route that is none', 'routes:\n  - 5', ['2: routes[0]: Invalid input: expected object, received number']],
    ['a setting that is a list', `settings:\n  group: [1]\n${file()}`, ['2: settings.group: Invalid input']],
  ])('with %s', (_what, yaml, expected) => {
    expect(problemsOf(yaml)).toEqual(expected.map((text) => `routes.yaml:${text}`));
  });

  it.each<[string, string, string[]]>([
    [
      'a condition that is no JSONata',
      file({ when: 'event: a\n      if: data.x =' }),
      ['5: routes[0].when.if: Unexpected end of expression (character 8)'],
    ],
    [
      'an unknown step',
      file({ steps: ['step: lucs.wirte'] }),
      ['6: routes[0].do[0].step: no such step; known are crm.find, lucs.write'],
    ],
    [
      'a missing argument',
      file({ steps: ['step: crm.find\nas: x\nwith:\n  limit: 1'] }),
      ['8: routes[0].do[0].with: "phone" is missing'],
    ],
    [
      'a missing argument of a step without any',
      file({ steps: ['step: lucs.write', 'step: crm.find'] }),
      ['7: routes[0].do[1].with: "phone" is missing'],
    ],
    [
      'an unknown argument',
      file({ steps: ['step: lucs.write\nwith:\n  text: a\n  txet:\n    deep: 1'] }),
      ['9: routes[0].do[0].with.txet: no such argument; known are text'],
    ],
    [
      'a wrong argument',
      file({ steps: ['step: crm.find\nwith:\n  phone: "1"\n  limit: many'] }),
      ['9: routes[0].do[0].with.limit: Invalid input: expected number, received string'],
    ],
    [
      'an argument that is no JSONata',
      file({ steps: ['step: lucs.write\nwith:\n  text: =data..'] }),
      ['8: routes[0].do[0].with.text: Syntax error: ".." (character 6)'],
    ],
    [
      'a result name that is taken',
      file({ steps: ['step: crm.find\nwith:\n  phone: "1"\nas: found', 'step: lucs.write\nas: found'] }),
      ['11: routes[0].do[1].as: an earlier step\'s result has the name "found" too'],
    ],
    [
      'an id that is taken',
      `${file()}${file().replace('routes:\n', '')}`,
      ['7: routes[1].id: another route has the id "one" too'],
    ],
  ])('with %s', (_what, yaml, expected) => {
    expect(problemsOf(yaml)).toEqual(expected.map((text) => `routes.yaml:${text}`));
  });

  it('lists everything that is wrong with steps and expressions at once, by line', () => {
    const yaml = file({
      when: 'event: a\n      if: (',
      steps: ['step: nothing.here', 'step: crm.find\nwith:\n  phone: =(\n  more: 1'],
      more: file({ when: 'event: b' }).replace('routes:\n', ''),
    });
    expect(problemsOf(yaml).map((text) => text.replace(/^(routes\.yaml:\d+: [^:]+):.*$/, '$1'))).toEqual([
      'routes.yaml:5: routes[0].when.if',
      'routes.yaml:7: routes[0].do[0].step',
      'routes.yaml:10: routes[0].do[1].with.phone',
      'routes.yaml:11: routes[0].do[1].with.more',
      'routes.yaml:12: routes[1].id',
    ]);
  });

  it('lists what is wrong with its structure together with all the rest, by line', () => {
    const yaml = file({
      id: 'ONE',
      when: 'events: a',
      more: `    what: 1\n${file({ when: 'event: (\n      if: (' }).replace('routes:\n', '')}where: 2`,
    });
    expect(problemsOf(yaml).map((text) => text.replace(/^(routes\.yaml:\d+: [^:]+):.*$/, '$1'))).toEqual([
      'routes.yaml:2: routes[0].id',
      'routes.yaml:3: routes[0].when.event',
      'routes.yaml:4: routes[0].when.events',
      'routes.yaml:7: routes[0].what',
      'routes.yaml:11: routes[1].when.if',
      'routes.yaml:14: where',
    ]);
  });

  it('with a destination that has no settings, when that is to be checked', () => {
    const yaml = file({ steps: ['step: lucs.write', 'step: crm.find\nwith: { phone: "1" }'] });
    expect(problemsOf(yaml, { configured: new Set(['lucs']) })).toEqual([
      'routes.yaml:7: routes[0].do[1].step: the destination "crm" has no settings; set CRM_BASE_URL',
    ]);
    expect(problemsOf(yaml, { configured: new Set(['lucs', 'crm']) })).toEqual([]);
    expect(problemsOf(yaml)).toEqual([]);
  });
});

describe('a route to a destination that has no settings, where those are left out', () => {
  const configured = new Set(['lucs']);
  const find = 'step: crm.find\nwith: { phone: "1" }';
  const usable = '  - id: two\n    when: { event: "*" }\n    do: [{ step: lucs.write }]\n';

  function leaveOut(yaml: string) {
    const leftOut: LeftOutRoute[] = [];
    const onLeftOut = (route: LeftOutRoute) => leftOut.push(route);
    const problems = problemsOf(yaml, { configured, onLeftOut });
    if (problems.length > 0) return { problems, leftOut };
    return { loaded: load(yaml, { configured, onLeftOut: () => undefined }).all.map(({ id }) => id), leftOut };
  }

  it('is left out whole and told once, and the others stay', () => {
    expect(leaveOut(file({ steps: ['step: lucs.write', find, find], more: usable }))).toEqual({
      loaded: ['two'],
      leftOut: [{ id: 'one', destinations: ['crm'] }],
    });
  });

  it('may be every route', () => {
    expect(leaveOut(file({ steps: [find] }))).toEqual({
      loaded: [],
      leftOut: [{ id: 'one', destinations: ['crm'] }],
    });
  });

  it('hides no other problem of its own or of its file', () => {
    const wrong = ['step: crm.find\nwith: { phon: "1" }', 'step: crm.fnd'];
    expect(
      leaveOut(file({ steps: wrong, when: 'event: a\n      if: "("', more: usable.replace('two', 'one') })),
    ).toEqual({
      problems: [
        expect.stringMatching(/^routes\.yaml:5: routes\[0\]\.when\.if: /),
        expect.stringMatching(/^routes\.yaml:8: routes\[0\]\.do\[0\]\.with/),
        expect.stringMatching(/^routes\.yaml:8: routes\[0\]\.do\[0\]\.with/),
        'routes.yaml:9: routes[0].do[1].step: no such step; known are crm.find, lucs.write',
        'routes.yaml:10: routes[1].id: another route has the id "one" too',
      ],
      leftOut: [],
    });
  });
});

describe('a loaded route', () => {
  const only = (yaml: string, options: Partial<LoadRoutesOptions> = {}) => {
    const [route] = load(yaml, options).all;
    if (route === undefined) throw new Error('no route');
    return route;
  };

  it.each([
    ['event: com.luware.*', true],
    ['event: com.enreach.*', false],
    ['event: [com.enreach.*, com.luware.nimbus.task.terminated]', true],
    ['event: "*"\n      source: /nimbus/helpdesk@*', true],
    ['event: "*"\n      source: /nimbus/sales@*', false],
    ['event: "*"\n      source: [/nimbus/sales@*, /NIMBUS/*]', true],
    ["event: '*'\n      if: data.direction = 'Inbound'", true],
    ["event: '*'\n      if: data.direction = 'Outbound'", false],
    ["event: '*'\n      if: settings.direction = data.direction and event.subject = 'task-1'", true],
    ["event: com.enreach.*\n      if: data.direction = 'Inbound'", false],
  ])('when %s: matches %s', async (when, expected) => {
    const route = only(`settings:\n  direction: Inbound\n${file({ when })}`);
    await expect(route.matches(anEvent({ data: { direction: 'Inbound' } }))).resolves.toBe(expected);
  });

  it('does not evaluate its condition for events of other types', async () => {
    const route = only(file({ when: 'event: other\n      if: $error("evaluated")' }));
    await expect(route.matches(anEvent())).resolves.toBe(false);
  });

  it('rejects when its condition fails for this event', async () => {
    const route = only(file({ when: 'event: "*"\n      if: $number(data.x) > 0' }));
    await expect(route.matches(anEvent({ data: { x: 'SECRET' } }))).rejects.toThrow(/^JSONata D3030 at character \d+$/);
  });

  it('has its steps in order, with names, result names and arguments', async () => {
    const yaml = file({
      steps: [
        'step: crm.find\nwith:\n  phone: =data.phone\nas: found',
        'step: lucs.write\nwith:\n  text: =results.found & settings.mark',
      ],
    });
    const route = only(yaml);
    expect(route.id).toBe('one');
    expect(route.steps.map(({ name, as }) => ({ name, as }))).toEqual([
      { name: 'crm.find', as: 'found' },
      { name: 'lucs.write', as: undefined },
    ]);
    const scope = scopeOf(anEvent({ data: { phone: '123' } }), { found: 'Nora' }, { mark: '!' });
    await expect(Promise.all(route.steps.map((step) => step.mapArguments(scope)))).resolves.toEqual([
      { phone: '123' },
      { text: 'Nora!' },
    ]);
  });

  it('shares what an alias repeats', async () => {
    const { all } = load(
      'routes:\n' +
        '  - id: one\n    when: &same\n      event: "*.terminated"\n    do:\n      - step: lucs.write\n' +
        '  - id: two\n    when: *same\n    do:\n      - step: lucs.write\n',
    );
    await expect(Promise.all(all.map((route) => route.matches(anEvent())))).resolves.toEqual([true, true]);
  });

  it('can share one condition a thousand times', () => {
    const more = Array.from(
      { length: 1_000 },
      (_, i) => `  - id: r${i}\n    when: *same\n    do: [{ step: lucs.write }]\n`,
    );
    const yaml = `routes:\n  - id: one\n    when: &same\n      event: a\n    do: [{ step: lucs.write }]\n${more.join('')}`;
    expect(load(yaml).all).toHaveLength(1_001);
  });

  it('sees the settings given from outside in place of those in the file', async () => {
    const yaml = `settings:\n  direction: Outbound\n  kept: true\n${file({ when: "event: '*'\n      if: settings.direction = data.direction" })}`;
    const { all, settings } = load(yaml, { settings: { direction: 'Inbound', added: 3 } });
    expect(settings).toEqual({ direction: 'Inbound', kept: true, added: 3 });
    await expect(all[0]?.matches(anEvent({ data: { direction: 'Inbound' } }))).resolves.toBe(true);
  });
});
