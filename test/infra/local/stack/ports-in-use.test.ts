import { afterEach, describe, expect, it } from 'vitest';
import { anyPorts, defaultPorts } from '../../../../infra/local/stack/addresses.ts';
import { listeners, portsInUse } from '../../../../infra/local/stack/ports-in-use.ts';
import { freePort, takePort } from '../processes.ts';

const taken: { port: number; release(): Promise<void> }[] = [];

afterEach(async () => {
  for (const { release } of taken.splice(0)) await release();
});

async function take(): Promise<number> {
  const one = await takePort();
  taken.push(one);
  return one.port;
}

describe('ports that are in use', () => {
  it.each(Object.entries(listeners))('are named with what would listen: %s is for %s', async (name, listener) => {
    const port = await take();

    expect(await portsInUse({ ...anyPorts, [name]: port })).toEqual([
      `port ${port} is in use: ${listener} cannot listen`,
    ]);
  });

  it('are all named at once', async () => {
    const [serviceBus, table, crm] = [await take(), await take(), await take()];

    expect(await portsInUse({ http: await freePort(), serviceBus, table, crm })).toEqual([
      `port ${serviceBus} is in use: Service Bus cannot listen`,
      `port ${table} is in use: Azurite (tables) cannot listen`,
      `port ${crm} is in use: CRM simulator cannot listen`,
    ]);
  });

  it('are looked for at every default port', () => {
    expect(Object.keys(listeners)).toEqual(Object.keys(defaultPorts));
  });
});

describe('a free port', () => {
  it('is no problem, and is free afterwards', async () => {
    const http = await freePort();

    expect(await portsInUse({ http })).toEqual([]);
    expect(await portsInUse({ http })).toEqual([]);
  });
});
