/** CloudEvents `source` of a Nimbus event: `/nimbus/<service UPN>`, or `/nimbus` when the payload names no service. */
export function nimbusSource(service: string | undefined): string {
  if (service === undefined) return '/nimbus';
  // By way of UTF-8, because half a surrogate pair can't be percent-encoded.
  const wellFormed = Buffer.from(service.toLowerCase()).toString();
  return `/nimbus/${encodeURIComponent(wellFormed).replaceAll('%40', '@')}`;
}
