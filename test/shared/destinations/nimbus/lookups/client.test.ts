import { describe, expect, it } from 'vitest';
import { nimbus } from '../nimbus-under-test.ts';

describe('what Nimbus offers to choose', () => {
  it.each<[string, unknown, unknown]>([
    ['a name and a value', { name: 'Very High', value: 'VeryHigh' }, [{ name: 'Very High', value: 'VeryHigh' }]],
    ['a name and an id', { name: 'Customers', id: 'book-1' }, [{ name: 'Customers', value: 'book-1' }]],
    ['keys in another casing', { Name: 'Audio', VALUE: 'Audio' }, [{ name: 'Audio', value: 'Audio' }]],
    ['a name alone', { name: 'Audio', value: null }, [{ name: 'Audio', value: 'Audio' }]],
    ['a value alone', { name: '', value: 'Audio' }, [{ name: 'Audio', value: 'Audio' }]],
    ['more than is known', { name: 'A', value: 'B', newer: 1 }, [{ name: 'A', value: 'B' }]],
    ['neither', { label: 'A' }, []],
  ])('is read from %s', async (_what, entry, expected) => {
    const { client } = nimbus({ json: [entry] }, { json: [entry] });
    expect(await client.getTaskEvents()).toEqual(expected);
    expect(await client.getAddressBooks()).toEqual(expected);
  });
});
