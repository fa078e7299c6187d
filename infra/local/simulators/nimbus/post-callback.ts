/** How long a callback may take before Nimbus is taken to give up on it. The real limit is not published. */
const callbackTimeoutMs = 30_000;

/** An answer's status and text; without an answer null and the reason. */
export interface CallbackAnswer {
  readonly status: number | null;
  readonly body: string;
}

/** Posts JSON to a callback address. Never throws; `stopped` gives up early. */
export async function postCallback(
  url: string,
  json: string,
  headers: Readonly<Record<string, string>>,
  stopped: AbortSignal,
): Promise<CallbackAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: json,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(callbackTimeoutMs)]),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: null, body: `No answer: ${reason instanceof Error ? reason.message : String(reason)}` };
  }
}

/** True for an answer that takes the callback. */
export function isTaken({ status }: CallbackAnswer): boolean {
  return status !== null && status >= 200 && status < 300;
}
