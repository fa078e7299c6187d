/** Where things listen on this machine when nothing else is set. Ports of simulators follow the host's. */
export const defaultPorts = {
  http: 7071,
  serviceBus: 5672,
  blob: 10_000,
  queue: 10_001,
  table: 10_002,
  nimbus: 7101,
  lucs: 7102,
  acd: 7103,
  crm: 7104,
  enreach: 7105,
  relay: 7106,
} as const;

export type Ports = { readonly [name in keyof typeof defaultPorts]: number };

/** Every port chosen by the system: several stacks can run side by side. */
export const anyPorts: Ports = {
  http: 0,
  serviceBus: 0,
  blob: 0,
  queue: 0,
  table: 0,
  nimbus: 0,
  lucs: 0,
  acd: 0,
  crm: 0,
  enreach: 0,
  relay: 0,
};

const ACCOUNT = 'devstoreaccount1';

/** Azurite's published account and key (https://learn.microsoft.com/azure/storage/common/storage-use-azurite). */
const ACCOUNT_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export function azuriteConnectionString(ports: Readonly<Record<'blob' | 'queue' | 'table', number>>): string {
  const endpoint = (service: string, port: number) => `${service}=http://127.0.0.1:${port}/${ACCOUNT}`;
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${ACCOUNT}`,
    `AccountKey=${ACCOUNT_KEY}`,
    endpoint('BlobEndpoint', ports.blob),
    endpoint('QueueEndpoint', ports.queue),
    endpoint('TableEndpoint', ports.table),
  ].join(';');
}

export function serviceBusConnectionString(port: number): string {
  return `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true`;
}
