/**
 * The address of the RTE hub from the token answer's `WSSEndpoint`, which comes without a scheme.
 *
 * The scheme is the one of the API, whatever the value itself says: `https` for Enreach, `http` for local simulators.
 * So a token never travels without TLS where the sign-in had it.
 */
export function rteUrl(endpoint: string, apiUrl: string): string {
  return `${new URL(apiUrl).protocol}//${endpoint.trim().replace(/^[a-z]+:\/\//i, '')}`;
}
