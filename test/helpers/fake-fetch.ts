/** What a request looked like on its way out. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read as JSON; undefined when there was none. */
  readonly body: unknown;
  readonly redirect: string | undefined;
}

/** An answer to give: an error makes `fetch` reject with it, `silence` lasts until the caller gives up. */
export type PlannedAnswer =
  | Error
  | 'silence'
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** Sent as JSON. */
      readonly json?: unknown;
      /** Sent as it stands, in place of `json`. */
      readonly text?: string;
    };

export interface FakeFetch {
  readonly fetch: typeof fetch;
  readonly requests: readonly RecordedRequest[];
  /** Puts answers behind those that wait already. */
  answer(...answers: readonly PlannedAnswer[]): void;
  /** The one request that was made. */
  only(): RecordedRequest;
}

/** A `fetch` that records requests and answers them from a queue; a request that nobody planned an answer for fails. */
export function fakeFetch(...planned: readonly PlannedAnswer[]): FakeFetch {
  const answers = [...planned];
  const requests: RecordedRequest[] = [];

  return {
    fetch: async (input, init) => {
      requests.push(await record(new Request(input, init)));
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`no answer planned for request ${requests.length}`);
      if (answer === 'silence') return untilAborted(init?.signal);
      if (answer instanceof Error) throw answer;
      const { status = 200, headers = {}, json, text } = answer;
      const body = text ?? (json === undefined ? null : JSON.stringify(json));
      return new Response(body, { status, headers });
    },
    requests,
    answer: (...more) => void answers.push(...more),
    only: () => {
      const [request, ...others] = requests;
      if (request === undefined || others.length > 0) throw new Error(`${requests.length} requests, not one`);
      return request;
    },
  };
}

async function record(request: Request): Promise<RecordedRequest> {
  const text = await request.text();
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers),
    body: text === '' ? undefined : JSON.parse(text),
    redirect: request.redirect,
  };
}

function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal === null || signal === undefined) return reject(new Error('nothing would ever end this request'));
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}
