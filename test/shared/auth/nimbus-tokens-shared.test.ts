import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { signInByDeviceCode } from '../../../shared/auth/device-code.ts';
import { nimbusTokens } from '../../../shared/auth/nimbus-tokens.ts';
import { openTokenCache, type TokenCache } from '../../../shared/auth/token-cache.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';
import { AUTHORITY, SimulatedEntra } from '../../helpers/simulated-entra.ts';
import { FakeBlobStorage } from './fake-blob-storage.ts';
import { FakeKeyVault } from './fake-key-vault.ts';

const credential = { getToken: async () => ({ token: 'azure-token', expiresOnTimestamp: 0 }) };

let folder: string | undefined;

afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  folder = undefined;
});

/** Each opens the one cache anew, as another process would. */
const places: Readonly<Record<string, () => Promise<() => TokenCache>>> = {
  file: async () => {
    folder = await mkdtemp(join(tmpdir(), 'nimbus-tokens-'));
    const path = join(folder, 'sign-in.json');
    return () => openTokenCache(path);
  },
  blob: async () => {
    const { url, fetch } = new FakeBlobStorage();
    return () => openTokenCache(url, { fetch, credential });
  },
  'Key Vault': async () => {
    const { url, fetch } = new FakeKeyVault();
    return () => openTokenCache(url, { fetch, credential });
  },
};

it.each(Object.keys(places))(
  'two processes renew through one %s, at the same time and with refresh tokens that work once',
  async (place) => {
    const open = await places[place]?.();
    if (open === undefined) throw new Error(`no ${place}`);
    const entra = new SimulatedEntra({ singleUse: true });
    const config = {
      kind: 'delegated',
      authority: AUTHORITY,
      clientId: 'client-1',
      scope: 'api/.default',
      tokenCache: 'unused',
    } as const;
    await signInByDeviceCode(config, { cache: open(), network: entra.network, onCode: () => undefined });
    const log = new RecordingLog();
    const process = () => nimbusTokens(config, { network: entra.network, cache: open(), log });
    const [one, other] = [process(), process()];
    for (let round = 0; round < 5; round += 1) {
      const got = await Promise.all([one({ renew: true }), other({ renew: true })]);
      for (const token of got) expect(token).toMatch(/^token-\d+$/);
    }
    expect(await process()({ renew: true })).toMatch(/^token-\d+$/);
    expect(entra.tokenRequests().length).toBeGreaterThan(7);
    expect(log.text).toBe('');
  },
);
