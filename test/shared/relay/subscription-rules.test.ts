import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../shared/errors.ts';
import { loadSubscriptionRules, parseSubscriptionRules } from '../../../shared/relay/subscription-rules.ts';

const ID = '8f3a0000-0000-0000-0000-000000000001';

function problemsOf(text: string): readonly string[] {
  try {
    parseSubscriptionRules(text, 'rules.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
  }
  throw new Error('nothing was wrong');
}

describe('subscription rules', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rules-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('may stand in the setting itself', async () => {
    const setting = ` [{"queuesOf":"me","events":"*"},{"entity":"${ID.toUpperCase()}","events":["UserStatus"]}]`;
    expect(await loadSubscriptionRules(setting)).toEqual([
      { queuesOf: 'me', events: '*' },
      { entity: ID, events: ['UserStatus'] },
    ]);
  });

  it('may stand in a YAML file', async () => {
    const file = join(folder, 'rules.yaml');
    await writeFile(
      file,
      `- users: [me, ${ID}]\n  events: [UserStatus, UserCallInComing]\n- callLists: [${ID}]\n  events: '*'\n`,
    );
    expect(await loadSubscriptionRules(file)).toEqual([
      { users: ['me', ID], events: ['UserStatus', 'UserCallInComing'] },
      { callLists: [ID], events: '*' },
    ]);
  });

  it('may stand in a JSON file', async () => {
    const file = join(folder, 'rules.json');
    await writeFile(file, JSON.stringify([{ queuesOf: ID, events: ['QueueStatus'] }]));
    expect(await loadSubscriptionRules(file)).toEqual([{ queuesOf: ID, events: ['QueueStatus'] }]);
  });

  it('in a file that is not there are a configuration error', async () => {
    await expect(loadSubscriptionRules(join(folder, 'none.yaml'))).rejects.toThrow(ConfigurationError);
  });

  it.each([
    ['', 'rules.yaml:1: expected a list of rules'],
    ['[]', 'rules.yaml:1: expected a list of rules'],
    ['entity: x', 'rules.yaml:1: expected a list of rules'],
    ['- me', 'rules.yaml:1: 0: expected "events" and one of entity, queuesOf, users, callLists'],
    ['- events: "*"', 'rules.yaml:1: 0: expected "events" and one of entity, queuesOf, users, callLists'],
    ['- entity: me\n  events: [A]', 'rules.yaml:1: 0.entity: expected a GUID'],
    [`- entity: ${ID}\n  events: "*"`, 'rules.yaml:2: 0.events: Invalid input: expected array, received string'],
    ['- queuesOf: you\n  events: "*"', 'rules.yaml:1: 0.queuesOf: expected "me" or a GUID'],
    ['- queuesOf: me\n  events: all', 'rules.yaml:2: 0.events: expected a list of event names, or "*" for all of them'],
    ['- queuesOf: me\n  users: [me]\n  events: "*"', 'rules.yaml:2: 0.users: no such key'],
    [`- users: []\n  events: "*"`, 'rules.yaml:1: 0.users: Too small: expected array to have >=1 items'],
    ['[{"queuesOf":', expect.stringMatching(/^rules\.yaml:1: /)],
  ])('that are wrong are refused: %j', (text, problem) => {
    expect(problemsOf(text)).toContainEqual(problem);
  });

  it('list every problem by line', () => {
    expect(problemsOf(`- entity: x\n  events: [A]\n- users: [me]\n  events: ["User Status"]\n`)).toEqual([
      'rules.yaml:1: 0.entity: expected a GUID',
      expect.stringMatching(/^rules\.yaml:4: 1\.events/),
    ]);
  });
});
