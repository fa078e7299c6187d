import { AbortError, HttpClient, HttpError, type HttpRequest, HttpResponse } from '@microsoft/signalr';

/**
 * SignalR's HTTP calls by the global fetch. Its own client wants a cookie jar, which it takes from whatever package
 * happens to bring one.
 */
export class FetchHttpClient extends HttpClient {
  override async send(request: HttpRequest): Promise<HttpResponse> {
    const abort = new AbortController();
    if (request.abortSignal) request.abortSignal.onabort = () => abort.abort();
    try {
      const response = await fetch(request.url ?? '', {
        method: request.method ?? 'GET',
        headers: request.headers ?? {},
        ...(request.content === undefined || request.content === '' ? {} : { body: request.content }),
        signal: abort.signal,
      });
      const content = await response.text();
      if (!response.ok) throw new HttpError(content, response.status);
      return new HttpResponse(response.status, response.statusText, content);
    } catch (error) {
      throw abort.signal.aborted ? new AbortError() : error;
    }
  }
}
