import { describe, expect, it } from 'vitest';
import { bearer, fixedBearer } from '../../../shared/auth/tokens.ts';
import { TransientError } from '../../../shared/errors.ts';

describe('bearer', () => {
  it('asks for a new token only to replace one that was refused', async () => {
    const asked: boolean[] = [];
    const credentials = bearer(async ({ renew }) => {
      asked.push(renew);
      return `token-${asked.length}`;
    });
    expect(await credentials.headers()).toEqual({ authorization: 'Bearer token-1' });
    expect(await credentials.refreshed?.()).toEqual({ authorization: 'Bearer token-2' });
    expect(asked).toEqual([false, true]);
  });

  it('fails as its source does', async () => {
    const credentials = bearer(() => Promise.reject(new TransientError('no token')));
    await expect(credentials.headers()).rejects.toThrow('no token');
    await expect(credentials.refreshed?.()).rejects.toThrow('no token');
  });
});

describe('fixedBearer', () => {
  it('has its token and no other', async () => {
    const credentials = fixedBearer('token-1');
    expect(await credentials.headers()).toEqual({ authorization: 'Bearer token-1' });
    expect(credentials.refreshed).toBeUndefined();
  });
});
