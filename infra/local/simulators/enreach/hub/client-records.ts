/** What a client's record asks for. */
export type HubMessage =
  | {
      readonly kind: 'invocation' | 'streamInvocation';
      readonly invocationId: string | undefined;
      readonly target: string;
      readonly arguments: readonly unknown[];
    }
  | { readonly kind: 'close' | 'ignored' | 'unknown' | 'malformed' };

type Members = ReadonlyMap<string, unknown>;

const malformed: HubMessage = { kind: 'malformed' };

/** Types that have a meaning in the protocol. */
const highestType = 9;

/** The highest version of the protocol that ASP.NET Core 10 takes. */
const highestVersion = 2;

/** Reads `{"protocol":"json","version":1}`; an error where the hub does not take it. */
export function readHandshake(record: Members): { readonly error?: string } {
  const protocol = record.get('protocol');
  const version = record.get('version');
  if (typeof protocol !== 'string' || typeof version !== 'number') {
    return { error: 'An unexpected error occurred during connection handshake.' };
  }
  if (protocol !== 'json') return { error: `The protocol '${protocol}' is not supported.` };
  if (version > highestVersion) {
    return { error: `The server does not support version ${version} of the '${protocol}' protocol.` };
  }
  return {};
}

/** Reads a record after the handshake. Known types that a client may send and this hub has no use for are ignored. */
export function readHubMessage(record: Members): HubMessage {
  const type = record.get('type');
  switch (type) {
    case 1:
      return readInvocation(record, 'invocation');
    case 4:
      return readInvocation(record, 'streamInvocation');
    case 7:
      return { kind: 'close' };
    default:
      if (typeof type !== 'number' || !Number.isInteger(type)) return malformed;
      return { kind: type >= 1 && type <= highestType ? 'ignored' : 'unknown' };
  }
}

function readInvocation(record: Members, kind: 'invocation' | 'streamInvocation'): HubMessage {
  const invocationId = record.get('invocationId') ?? undefined;
  const target = record.get('target');
  const args: unknown = record.get('arguments');
  if (invocationId !== undefined && typeof invocationId !== 'string') return malformed;
  if (typeof target !== 'string' || !Array.isArray(args)) return malformed;
  return { kind, invocationId, target, arguments: args };
}
