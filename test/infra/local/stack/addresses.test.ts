import { TableServiceClient } from '@azure/data-tables';
import { parseServiceBusConnectionString } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { readLocalSettings } from '../../../../infra/local/host/local-settings.ts';
import {
  anyPorts,
  azuriteConnectionString,
  defaultPorts,
  serviceBusConnectionString,
} from '../../../../infra/local/stack/addresses.ts';

describe('connection strings', () => {
  it('lead the client library to the embedded Service Bus, without TLS', () => {
    expect(parseServiceBusConnectionString(serviceBusConnectionString(5673))).toMatchObject({
      endpoint: 'sb://127.0.0.1:5673',
      fullyQualifiedNamespace: '127.0.0.1:5673',
      sharedAccessKeyName: 'local',
      sharedAccessKey: 'local',
    });
    expect(serviceBusConnectionString(5673)).toContain('UseDevelopmentEmulator=true');
  });

  it('lead the client library to each service of Azurite', () => {
    const text = azuriteConnectionString({ blob: 11, queue: 12, table: 13 });

    expect(text.split(';')).toEqual(
      expect.arrayContaining([
        'BlobEndpoint=http://127.0.0.1:11/devstoreaccount1',
        'QueueEndpoint=http://127.0.0.1:12/devstoreaccount1',
        'TableEndpoint=http://127.0.0.1:13/devstoreaccount1',
      ]),
    );
    const client = TableServiceClient.fromConnectionString(text, { allowInsecureConnection: true });
    expect(client.url).toBe('http://127.0.0.1:13/devstoreaccount1');
  });
});

describe('the ports', () => {
  it('are as many different ones as there are listeners', () => {
    expect(new Set(Object.values(defaultPorts)).size).toBe(Object.keys(defaultPorts).length);
    expect(Object.keys(anyPorts)).toEqual(Object.keys(defaultPorts));
  });

  it('are those that the sample of the settings names', async () => {
    const { port, values } = await readLocalSettings('local.settings.sample.json');

    expect(port).toBe(defaultPorts.http);
    expect(values.ServiceBus).toBe(serviceBusConnectionString(defaultPorts.serviceBus));
  });
});
