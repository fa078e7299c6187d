/** CloudEvents `source` of a Nimbus event: `/nimbus/<service UPN>`, or `/nimbus` when the payload names no service. */
export function nimbusSource(service: string | undefined): string {
  return service === undefined
    ? '/nimbus'
    : `/nimbus/${encodeURIComponent(service.toLowerCase()).replaceAll('%40', '@')}`;
}
