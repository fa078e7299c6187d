import type { HttpCookie } from './rpc.ts';

const sameSiteNames: Readonly<Record<string, string>> = { lax: 'lax', strict: 'strict', explicitNone: 'none' };

/**
 * A `Set-Cookie` value as ASP.NET writes it: name and value percent-encoded, path `/` unless another is given, expiry in
 * whole seconds.
 */
export function formatCookie(cookie: HttpCookie): string {
  const maxAgeSeconds = cookie.maxAge?.value;
  const expiresSeconds = cookie.expires?.value?.seconds;
  const sameSite = sameSiteNames[cookie.sameSite ?? ''];
  return [
    `${escapeData(cookie.name ?? '')}=${escapeData(cookie.value ?? '')}`,
    ...(expiresSeconds === undefined ? [] : [`expires=${new Date(Number(expiresSeconds) * 1000).toUTCString()}`]),
    ...(maxAgeSeconds === undefined ? [] : [`max-age=${Math.trunc(maxAgeSeconds)}`]),
    ...(cookie.domain?.value ? [`domain=${cookie.domain.value}`] : []),
    `path=${cookie.path?.value ?? '/'}`,
    ...(cookie.secure?.value ? ['secure'] : []),
    ...(sameSite === undefined ? [] : [`samesite=${sameSite}`]),
    ...(cookie.httpOnly?.value ? ['httponly'] : []),
  ].join('; ');
}

/** .NET's `Uri.EscapeDataString`: only letters, digits and `-._~` stay. */
function escapeData(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
