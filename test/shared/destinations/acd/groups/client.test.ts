import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../../shared/destinations/acd/steps.ts';
import { PermanentError } from '../../../../../shared/errors.ts';
import { failureOf, run } from '../../bound-step.ts';
import { acd, acdWith, fullList, line, missing, noRoute, shortList } from '../acd-under-test.ts';

const desk = { bPositionAnnouncement3: false, ID: 42, QueueMusicID4Sec: -1, Name: 'Service Desk' };
const field = { ID: 47, Name: 'Field Service' };

describe('List groups', () => {
  it('reads wide records', async () => {
    const { net, client } = acd(fullList(desk, field));
    expect(await client.listGroups()).toEqual([desk, field]);
    expect(line(net.only())).toBe('GET /acd/groups');
  });
});

describe('Get group by ID', () => {
  it('reads the only record', async () => {
    const { net, client } = acd(shortList(desk));
    expect(await client.getGroup(42)).toEqual(desk);
    expect(line(net.only())).toBe('GET /acd/groups/group/42');
  });

  it('has none after a 404', async () => expect(await acd(missing).client.getGroup(9999)).toBeUndefined());
});

describe('Find groups by name', () => {
  it('gives every candidate', async () => {
    const { net, client } = acd(shortList(desk, field));
    expect(await client.findGroups('Serv')).toEqual([desk, field]);
    expect(line(net.only())).toBe('GET /acd/groups/group?name=Serv');
  });

  it.each([
    ['an empty list', shortList()],
    ['a 404', missing],
  ])('gives none after %s', async (_what, answer) => expect(await acd(answer).client.findGroups('Nope')).toEqual([]));

  it('does not take a release without the path for nothing', async () => {
    expect((await failureOf(acd(noRoute).client.findGroups('Nope'))).message).toBe(
      'jtel ACD answered 404 (no such route: check ACD_BASE_URL, ACD_PATHS and the release) to "find groups"',
    );
  });

  it.each([
    ['Vertrieb & Büro', 'Vertrieb%20%26%20B%C3%BCro'],
    ['50% + 1?', '50%25%20%2B%201%3F'],
    ['a/../b#c=d', 'a%2F..%2Fb%23c%3Dd'],
    ['%2e%2e', '%252e%252e'],
    ['..', '..'],
  ])('sends %s as one part of the query', async (name, encoded) => {
    const { net, client } = acd(shortList());
    await client.findGroups(name);
    expect(line(net.only())).toBe(`GET /acd/groups/group?name=${encoded}`);
    expect([...net.only().url.searchParams]).toEqual([['name', name]]);
  });
});

describe('the group of exactly one name', () => {
  it.each([
    ['several candidates', [desk, field], desk],
    ['nothing', [], undefined],
  ])('is found among %s', async (_what, candidates, found) => {
    expect(await acd(shortList(...candidates)).client.findGroup('Service Desk')).toEqual(found);
  });

  it.each([
    [
      'parts of names only',
      [{ ID: 1, Name: 'Service Desk 2' }, { ID: 2, Name: null }, { ID: 3 }],
      '; similar are "Service Desk 2"',
    ],
    ['another case', [{ ID: 1, Name: 'service desk' }], '; similar are "service desk"'],
    ['a name that can not be read', [{ ID: 1, Name: {} }], ''],
  ])('is not guessed from %s', async (_what, candidates, similar) => {
    const failure = await failureOf(acd(shortList(...candidates)).client.findGroup('Service Desk'));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(`jtel ACD has no group of exactly this name${similar}`);
  });

  it('is none of several of the same name', async () => {
    const failure = await failureOf(acd(shortList(desk, { ...desk, ID: 43 })).client.findGroup('Service Desk'));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe('jtel ACD has 2 groups of this name: use the id');
  });

  it('must be there to be used; else at most ten similar ones are shown', async () => {
    const similar = Array.from({ length: 11 }, (_, index) => ({ ID: index + 1, Name: `Desk ${index}` }));
    const failure = await failureOf(acd(shortList(...similar)).client.withGroupId('Desk', async (id) => id));
    expect(failure.message).toMatch(/similar are "Desk 0", .*"Desk 9", …$/);
    const none = await failureOf(acd(shortList()).client.withGroupId('Desk', async (id) => id));
    expect(none.message).toBe('jtel ACD has no group of exactly this name');
  });

  it('is kept for five minutes', async () => {
    let nowMs = 0;
    const { net, client } = acdWith({ clock: () => nowMs }, shortList(desk), shortList({ ...desk, ID: 50 }));
    const use = () => client.withGroupId('Service Desk', async (id) => id);
    expect([await use(), await use()]).toEqual([42, 42]);
    nowMs = 5 * 60_000 - 1;
    expect(await use()).toBe(42);
    nowMs += 1;
    expect(await use()).toBe(50);
    expect(net.requests).toHaveLength(2);
  });

  it('is kept for whoever looks it up or uses it', async () => {
    let nowMs = 0;
    const { net, client } = acdWith({ clock: () => nowMs }, shortList(desk), shortList({ ...desk, ID: 50 }));
    expect(await client.findGroup('Service Desk')).toEqual(desk);
    expect(await client.withGroupId('Service Desk', async (id) => id)).toBe(42);
    nowMs = 5 * 60_000 - 1;
    expect(await client.findGroup('Service Desk')).toEqual(desk);
    expect(net.requests).toHaveLength(1);
    nowMs += 1;
    expect(await client.findGroup('Service Desk')).toMatchObject({ ID: 50 });
    expect(net.requests).toHaveLength(2);
  });

  it('is looked up again when there was none', async () => {
    const { client } = acd(shortList(), shortList(desk));
    expect(await client.findGroup('Service Desk')).toBeUndefined();
    expect(await client.findGroup('Service Desk')).toEqual(desk);
  });
});

describe('acd.findGroup', () => {
  const findGroup = acdSteps['acd.findGroup'];

  it('gives id and name', async () => {
    const { client } = acd(shortList(desk, field));
    expect(await run(findGroup, client, { name: 'Service Desk' })).toEqual({ groupId: 42, name: 'Service Desk' });
  });

  it('gives null when there is none', async () => {
    expect(await run(findGroup, acd(missing).client, { name: 'Service Desk' })).toBeNull();
    expect(await run(findGroup, acd(shortList()).client, { name: 'Service Desk' })).toBeNull();
  });

  it('fails for good, and shows them, when there are similar ones only', async () => {
    const failure = await failureOf(run(findGroup, acd(shortList(desk, field)).client, { name: 'Service' }));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(
      'jtel ACD has no group of exactly this name; similar are "Service Desk", "Field Service"',
    );
  });

  it('asks once for the same name', async () => {
    const { net, client } = acd(shortList(desk));
    await run(findGroup, client, { name: 'Service Desk' });
    expect(await run(findGroup, client, { name: 'Service Desk' })).toEqual({ groupId: 42, name: 'Service Desk' });
    expect(net.requests).toHaveLength(1);
  });
});
