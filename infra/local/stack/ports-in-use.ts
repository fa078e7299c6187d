import { createServer } from 'node:net';
import type { Ports } from './addresses.ts';

/** What wants to listen on each port. */
export const listeners: Readonly<Record<keyof Ports, string>> = {
  http: 'Functions host',
  serviceBus: 'Service Bus',
  blob: 'Azurite (blobs)',
  queue: 'Azurite (queues)',
  table: 'Azurite (tables)',
  nimbus: 'Nimbus simulator',
  lucs: 'LUCS simulator',
  acd: 'jtel ACD simulator',
  crm: 'CRM simulator',
  enreach: 'Enreach simulator',
  relay: 'RTE relay (status)',
};

/** One sentence for each port that something else listens on. */
export async function portsInUse(ports: Partial<Ports>): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(listeners).map(async ([name, listener]) => {
      const port = Object.entries(ports).find(([key]) => key === name)?.[1];
      if (port === undefined || (await isFree(port))) return [];
      return [`port ${port} is in use: ${listener} cannot listen`];
    }),
  );
  return problems.flat();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
