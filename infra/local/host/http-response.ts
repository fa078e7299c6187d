import type { ServerResponse } from 'node:http';
import { formatCookie } from './http-cookies.ts';
import type { TypedData } from './rpc.ts';

/** Headers about the connection or the framing: the server sets them, a handler cannot. */
const framing = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'trailer',
  'te',
]);

/** An answer without a body. */
export function answerEmpty(response: ServerResponse, status: number): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, status === 204 ? {} : { 'content-length': 0 }).end();
}

/** An answer of the host itself that explains what was wrong with an admin request. */
export function answerText(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(message);
}

/** Writes what a function returned: nothing at all is 204. */
export function answerWith(response: ServerResponse, returned: TypedData | null | undefined): void {
  const http = returned?.http;
  if (http === undefined) {
    answerEmpty(response, 204);
    return;
  }
  const cookies = (http.cookies ?? []).map(formatCookie);
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (name === 'set-cookie') cookies.unshift(value);
    else if (!framing.has(name)) response.setHeader(name, value);
  }
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const status = Number(http.statusCode ?? 200);
  const body = http.body?.bytes ?? new Uint8Array();
  const bodiless = status === 204 || status === 205 || status === 304;
  if (!bodiless) response.setHeader('content-length', body.byteLength);
  response.writeHead(status).end(bodiless ? undefined : body);
}
