import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHostJson } from '../../../../infra/local/host/host-json.ts';
import { readLocalSettings, withSettings } from '../../../../infra/local/host/local-settings.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'host-config-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function file(content: unknown): Promise<string> {
  const target = path.join(directory, 'file.json');
  await writeFile(target, typeof content === 'string' ? content : JSON.stringify(content));
  return target;
}

describe('readHostJson', () => {
  it('has the defaults of the host and its extensions', async () => {
    expect(await readHostJson(await file({ version: '2.0' }))).toEqual({
      routePrefix: 'api',
      functionTimeoutMs: 1_800_000,
      logLevels: {},
      retry: undefined,
      serviceBus: {
        maxAutoLockRenewalMs: 300_000,
        maxConcurrentCalls: 16 * availableParallelism(),
        maxConcurrentSessions: 8,
        maxMessageBatchSize: 1000,
        sessionIdleTimeoutMs: 60_000,
        autoComplete: true,
        retry: { mode: 'fixed', tryTimeoutMs: 60_000, delayMs: 200, maxDelayMs: 60_000, maxRetries: 3 },
      },
    });
  });

  it('reads what is set and ignores what it does not know', async () => {
    const config = await readHostJson(
      await file({
        version: '2.0',
        functionTimeout: '-1',
        unknown: {},
        retry: {
          strategy: 'exponentialBackoff',
          maxRetryCount: 3,
          minimumInterval: '00:00:01',
          maximumInterval: '00:01:00',
        },
        logging: { logLevel: { default: 'Warning' }, applicationInsights: {} },
        extensions: {
          http: { routePrefix: '/v1/', maxOutstandingRequests: 3 },
          serviceBus: {
            maxConcurrentSessions: 64,
            sessionIdleTimeout: '00:00:01',
            autoCompleteMessages: false,
            clientRetryOptions: { mode: 'Exponential', tryTimeout: '00:00:30', delay: '00:00:00.100' },
          },
        },
      }),
    );
    expect(config).toMatchObject({
      routePrefix: 'v1',
      functionTimeoutMs: undefined,
      logLevels: { default: 'warning' },
      retry: { maxRetryCount: 3, minimumInterval: 1000, maximumInterval: 60_000 },
      serviceBus: {
        maxConcurrentSessions: 64,
        sessionIdleTimeoutMs: 1000,
        autoComplete: false,
        retry: { mode: 'exponential', tryTimeoutMs: 30_000, delayMs: 100 },
      },
    });
  });

  it('lists every wrong value by path', async () => {
    const wrong = {
      functionTimeout: 5,
      extensions: { serviceBus: { maxConcurrentSessions: 0, sessionIdleTimeout: 'soon', minMessageBatchSize: 5 } },
      logging: { logLevel: { Host: 'loud' } },
    };
    await expect(readHostJson(await file(wrong))).rejects.toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining([
          expect.stringContaining('functionTimeout: '),
          expect.stringContaining('extensions.serviceBus.maxConcurrentSessions: '),
          "extensions.serviceBus.sessionIdleTimeout: 'soon' is no time span like 00:05:00",
          expect.stringContaining('extensions.serviceBus.minMessageBatchSize: '),
          expect.stringContaining('logging.logLevel.Host: '),
        ]),
      }),
    );
  });

  it('says when the file is missing or not JSON', async () => {
    await expect(readHostJson(path.join(directory, 'host.json'))).rejects.toThrow(/host\.json:\n.*cannot be read/);
    await expect(readHostJson(await file('{ // }'))).rejects.toThrow(/file\.json:\n.*not JSON/);
  });
});

describe('readLocalSettings', () => {
  it('reads values, port and keys', async () => {
    const content = {
      IsEncrypted: false,
      Values: { A: '1' },
      ConnectionStrings: {},
      Host: { LocalHttpPort: 7072, CORS: '*', Keys: { master: 'm', functions: { f: 'k' } } },
    };
    expect(await readLocalSettings(await file(content))).toEqual({
      values: { A: '1' },
      port: 7072,
      keys: { master: 'm', functions: { f: 'k' } },
    });
  });

  it('takes an empty file of settings', async () => {
    expect(await readLocalSettings(await file('\uFEFF{}'))).toEqual({
      values: {},
      port: undefined,
      keys: { functions: {} },
    });
  });

  it('names wrong values, unknown kinds of keys and encryption', async () => {
    const wrong = {
      IsEncrypted: true,
      Values: { A: 1 },
      Host: { LocalHttpPort: 'x', Keys: { admin: 'm', master: '' } },
    };
    await expect(readLocalSettings(await file(wrong))).rejects.toThrow(
      expect.objectContaining({
        problems: expect.arrayContaining([
          expect.stringMatching(/^IsEncrypted: encrypted settings cannot be read/),
          expect.stringMatching(/^Values\.A: /),
          expect.stringMatching(/^Host\.LocalHttpPort: /),
          expect.stringMatching(/^Host\.Keys\.master: /),
          expect.stringMatching(/^Host\.Keys: .*admin/),
        ]),
      }),
    );
  });
});

it('lets an existing variable win over a setting', () => {
  expect(withSettings({ A: 'env' }, { A: 'file', B: 'file' })).toEqual({ A: 'env', B: 'file' });
});
