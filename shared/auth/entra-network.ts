import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';

const TIMEOUT_MS = 10_000;

/** MSAL's way to Entra with a time limit: its own client waits for a token as long as the connection stays open. */
export function entraNetwork(): INetworkModule {
  return {
    sendGetRequestAsync: (url, options) => send(url, 'GET', options),
    sendPostRequestAsync: (url, options) => send(url, 'POST', options),
  };
}

async function send<T>(
  url: string,
  method: 'GET' | 'POST',
  { headers = {}, body }: NetworkRequestOptions = {},
): Promise<NetworkResponse<T>> {
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: readJson(await response.text(), response.status),
  };
}

function readJson(text: string, status: number) {
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: it would quote from the answer, which can hold tokens.
    throw new Error(`Entra answered ${status} without JSON`);
  }
}
