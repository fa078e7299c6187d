import { describe, expect, it } from 'vitest';
import { acd, fullList, line, missing, shortList } from '../acd-under-test.ts';

const user = { TelStatusID: null, ID: 118, UID: 'mlindt' };
const serviceNumber = { dtCreated: '2022-06-17T15:19:12.484+02:00', Name2: 'Hotline', ID: 5 };

describe('List users', () => {
  it('reads every record', async () => {
    const { net, client } = acd(fullList(user));
    expect(await client.listUsers()).toEqual([user]);
    expect(line(net.only())).toBe('GET /users');
  });
});

describe('Get user by ID', () => {
  it('reads the only record, or has none', async () => {
    const { net, client } = acd(shortList(user), missing);
    expect([await client.getUser(118), await client.getUser(118)]).toEqual([user, undefined]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('GET /users/user/118'));
  });
});

describe('List service numbers', () => {
  it('reads every record', async () => {
    const { net, client } = acd(fullList(serviceNumber));
    expect(await client.listServiceNumbers()).toEqual([serviceNumber]);
    expect(line(net.only())).toBe('GET /serviceNumbers');
  });
});

describe('Get service number by ID', () => {
  it('reads the only record, or has none', async () => {
    const { net, client } = acd(shortList(serviceNumber), missing);
    expect([await client.getServiceNumber(5), await client.getServiceNumber(5)]).toEqual([serviceNumber, undefined]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('GET /serviceNumbers/serviceNumber/5'));
  });
});
