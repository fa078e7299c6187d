import { describe, expect, it } from 'vitest';
import { SessionAcceptor } from '../../../../infra/local/host/session-acceptor.ts';

class Session {
  closed = false;

  async close(): Promise<void> {
    this.closed = true;
  }
}

/** An answer to a request for a session that the test gives when it likes. */
function pending() {
  let grant: (session: Session) => void = () => undefined;
  let refuse: (error: Error) => void = () => undefined;
  const answer = new Promise<Session>((resolve, reject) => {
    grant = resolve;
    refuse = reject;
  });
  return { open: () => answer, grant, refuse };
}

/** Pauses that end when the test says so, or when the client is lost. */
function handSleep() {
  const wakers: (() => void)[] = [];
  const sleep = (_ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      wakers.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  return { sleep, wake: () => wakers.shift()?.() };
}

function acceptorUnderTest({ check = async () => {} }: { check?: (client: string) => Promise<unknown> } = {}) {
  const connected: string[] = [];
  const discarded: string[] = [];
  const checked: string[] = [];
  const { sleep, wake } = handSleep();
  const acceptor = new SessionAcceptor<string>({
    connect: () => {
      connected.push(`client ${connected.length + 1}`);
      return connected.at(-1) ?? '';
    },
    discard: (client) => discarded.push(client),
    check: (client) => {
      checked.push(client);
      return check(client);
    },
    checkLimitMs: 20,
    checkIntervalMs: 1,
    isConnectionLost: (error) => error instanceof Error && error.message.startsWith('connection'),
    sleep,
  });
  return { acceptor, connected, discarded, checked, wake };
}

const lost = new Error('connection lost');
const noSession = new Error('no session is free');
const failWith = (error: Error) => async (): Promise<Session> => {
  throw error;
};

describe('SessionAcceptor', () => {
  it('connects when the first session is asked for, and once for all', async () => {
    const { acceptor, connected, discarded } = acceptorUnderTest();
    expect(connected).toEqual([]);
    const usedBy: string[] = [];
    const session = new Session();
    const open = async (client: string) => {
      usedBy.push(client);
      return session;
    };

    expect(await Promise.all([acceptor.accept(open), acceptor.accept(open)])).toEqual([session, session]);

    expect(usedBy).toEqual(['client 1', 'client 1']);
    expect([connected, discarded]).toEqual([['client 1'], []]);
    expect(session.closed).toBe(false);
  });

  it('keeps its client, and those that wait, when just one session could not be had', async () => {
    const { acceptor, connected, discarded } = acceptorUnderTest();
    const waiting = pending();
    const accepted = acceptor.accept(waiting.open);

    await expect(acceptor.accept(failWith(noSession))).rejects.toBe(noSession);
    const session = new Session();
    waiting.grant(session);

    expect(await accepted).toBe(session);
    expect([connected, discarded]).toEqual([['client 1'], []]);
  });

  it('lets nobody wait on a lost connection, and discards its client once', async () => {
    const { acceptor, discarded } = acceptorUnderTest();
    const waiting = [pending(), pending()].map(({ open }) => acceptor.accept(open));
    const outcomes = Promise.allSettled(waiting);

    await expect(acceptor.accept(failWith(lost))).rejects.toBe(lost);

    expect(await outcomes).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
    expect(discarded).toEqual(['client 1']);
  });

  it('goes on with a new client after the connection was lost', async () => {
    const { acceptor, connected, discarded } = acceptorUnderTest();
    await acceptor.accept(failWith(lost)).catch(() => undefined);
    const session = new Session();

    expect(await acceptor.accept(async (client) => Object.assign(session, { client }))).toMatchObject({
      client: 'client 2',
    });
    expect([connected, discarded]).toEqual([['client 1', 'client 2'], ['client 1']]);
  });

  it('does not blame the new client for what the old one reports late', async () => {
    const { acceptor, connected, discarded } = acceptorUnderTest();
    const late = pending();
    const outcome = acceptor.accept(late.open).catch((error: unknown) => error);
    await acceptor.accept(failWith(lost)).catch(() => undefined);
    expect(await outcome).toBe(lost);
    await acceptor.accept(async () => new Session());

    late.refuse(new Error('connection lost, says the old client'));
    await acceptor.accept(async () => new Session());

    expect([connected, discarded]).toEqual([['client 1', 'client 2'], ['client 1']]);
  });

  it('gives back a session that is granted when nobody waits for it any more', async () => {
    const { acceptor } = acceptorUnderTest();
    const late = pending();
    const outcome = acceptor.accept(late.open).catch((error: unknown) => error);
    await acceptor.accept(failWith(lost)).catch(() => undefined);
    await outcome;
    const session = new Session();

    late.grant(session);

    await expect.poll(() => session.closed).toBe(true);
  });

  it('takes a session whose closing fails for gone', async () => {
    const { acceptor } = acceptorUnderTest();
    const late = pending();
    const outcome = acceptor.accept(late.open).catch((error: unknown) => error);
    acceptor.close();
    await outcome;
    let tried = false;
    const session = new Session();
    session.close = async () => {
      tried = true;
      throw lost;
    };

    late.grant(session);

    // A rejection that nobody handles would fail the run.
    await expect.poll(() => tried).toBe(true);
  });

  it('lets nobody wait when it is closed', async () => {
    const { acceptor, discarded } = acceptorUnderTest();
    const outcome = acceptor.accept(pending().open).catch((error: unknown) => error);

    acceptor.close();

    expect(await outcome).toEqual(new Error('the listener stops'));
    expect(discarded).toEqual(['client 1']);
    acceptor.close();
    expect(discarded).toEqual(['client 1']);
  });

  it('connects to nothing just to be closed', () => {
    const { acceptor, connected, discarded } = acceptorUnderTest();

    acceptor.close();

    expect([connected, discarded]).toEqual([[], []]);
  });

  it('loses a client whose check is never answered, with all who wait on it', async () => {
    const { acceptor, connected, discarded } = acceptorUnderTest({
      check: (client) => (client === 'client 1' ? new Promise(() => undefined) : Promise.resolve()),
    });

    await expect(acceptor.accept(pending().open)).rejects.toThrow('does not answer');
    const session = new Session();

    expect(await acceptor.accept(async () => session)).toBe(session);
    expect([connected, discarded]).toEqual([['client 1', 'client 2'], ['client 1']]);
  });

  it('checks a client again and again, until a check says that the connection is lost', async () => {
    const answers = [Promise.resolve(), Promise.reject(noSession), Promise.reject(lost)];
    for (const answer of answers) answer.catch(() => undefined);
    const { acceptor, discarded, checked, wake } = acceptorUnderTest({
      check: () => answers.shift() ?? Promise.resolve(),
    });
    const waiting = acceptor.accept(pending().open).catch((error: unknown) => error);

    await expect
      .poll(() => {
        wake();
        return discarded;
      })
      .toEqual(['client 1']);

    expect(await waiting).toBe(lost);
    expect(checked).toEqual(['client 1', 'client 1', 'client 1']);
  });

  it('ends its checks when it is closed', async () => {
    const { acceptor, checked, wake } = acceptorUnderTest();
    await acceptor.accept(async () => new Session());
    acceptor.close();
    await new Promise(setImmediate);
    wake();
    await new Promise(setImmediate);

    expect(checked).toEqual(['client 1']);
  });
});
