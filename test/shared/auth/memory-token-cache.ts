import type { CachedText, TokenCache } from '../../../shared/auth/token-cache.ts';
import { TransientError } from '../../../shared/errors.ts';

/** A token cache in memory, with places to break it. */
export class MemoryTokenCache implements TokenCache {
  kept: CachedText | undefined;
  reads = 0;
  writes = 0;
  isDown = false;
  refusesWrites = false;

  async read(): Promise<CachedText | undefined> {
    this.#check(this.isDown);
    this.reads += 1;
    return this.kept;
  }

  async write(text: string, version: string | undefined): Promise<string | undefined> {
    this.#check(this.isDown || this.refusesWrites);
    return this.kept?.version === version ? this.overwrite(text) : undefined;
  }

  /** A write that heeds nobody. */
  overwrite(text: string): string {
    this.writes += 1;
    this.kept = { text, version: `version-${this.writes}` };
    return this.kept.version;
  }

  /** The refresh token that is kept. */
  get refreshToken(): string | undefined {
    return this.kept?.text.match(/refresh-\d+/)?.[0];
  }

  #check(fails: boolean): void {
    if (fails) throw new TransientError('the cache does not answer');
  }
}
