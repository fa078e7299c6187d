import { createHash } from 'node:crypto';

/** The tenant of every simulated task. */
export const tenantId = '11111111-2222-3333-4444-555555555555';

/** What task payloads and external-task results tell of a service, by the keys they share. Made of its UPN. */
export function describeService(serviceUpn: string): Readonly<Record<string, string>> {
  const local = serviceUpn.split('@', 1)[0] ?? serviceUpn;
  const name = local.charAt(0).toUpperCase() + local.slice(1);
  return {
    serviceId: stableId(serviceUpn),
    serviceName: name,
    serviceDescription: `The team ${name}`,
    serviceDisplayName: `${name} service`,
    serviceUPN: serviceUpn,
    serviceTelNumber: `+44207946${String(Number.parseInt(stableId(serviceUpn).slice(0, 6), 16) % 10_000).padStart(4, '0')}`,
  };
}

/** The three keys that tell of the user who was connected last. Two of them begin with a capital. */
export function describeLastConnectedUser(userUpn: string): Readonly<Record<string, string>> {
  return {
    lastConnectedUserId: stableId(userUpn),
    LastConnectedUserUPN: userUpn,
    LastConnectedUserEmail: userUpn,
  };
}

/** An id in the shape of a GUID that is the same for the same text in any case. */
export function stableId(text: string): string {
  const hex = createHash('sha256').update(text.toLowerCase()).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
