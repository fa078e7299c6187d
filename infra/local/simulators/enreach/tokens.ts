import { randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';

/** The JSON Web Tokens that open the hub, for one user each. */
export class Tokens {
  readonly #clock: () => number;
  #key = randomBytes(32);
  #issued = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** How many there were. */
  get issued(): number {
    return this.#issued;
  }

  /** With a lifetime below 0, it has expired from the start. */
  async issue(userId: string, lifetimeMs: number): Promise<string> {
    this.#issued += 1;
    const nowMs = this.#clock();
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(Math.floor(nowMs / 1_000))
      .setExpirationTime(Math.floor((nowMs + lifetimeMs) / 1_000))
      .sign(this.#key);
  }

  /** The token's user; undefined where it is none of ours or has expired. */
  async check(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { currentDate: new Date(this.#clock()) });
      return payload.sub;
    } catch {
      return undefined;
    }
  }

  /** No token that was issued until now is good any more. */
  expireAll(): void {
    this.#key = randomBytes(32);
  }
}
