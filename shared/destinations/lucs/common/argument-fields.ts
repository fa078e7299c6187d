import { toUtcTimestamp } from '../../../events/timestamp.ts';
import * as z from '../../../zod.ts';

/** Control characters, and halves of characters that no encoding can write. */
const UNWRITABLE = /[\p{Cc}\p{Cs}]/u;

/** Text that says something and holds no control characters. Its length counts UTF-16 code units, as LUCS's .NET does. */
export function line(maxLength: number) {
  return z.string().check(
    z.minLength(1),
    z.maxLength(maxLength, { abort: true }),
    z.refine((value) => !UNWRITABLE.test(value), {
      error: 'Invalid text: control characters are not allowed',
      abort: true,
    }),
  );
}

/** The address of a web page. */
export const webAddress = line(2_048).check(
  z.refine((value) => /^https?:\/\/\S+$/i.test(value) && URL.canParse(value), 'Invalid URL'),
);

/** A key that may become part of a path, where `.` and `..` would lead elsewhere. */
export function identifier(maxLength: number) {
  return line(maxLength).check(
    z.refine((value) => value !== '.' && value !== '..', 'Invalid identifier: "." and ".." are not allowed'),
  );
}

/** Our key of a task or callback. LUCS states no limit. */
export const externalTaskId = identifier(128);

/** User and domain of RFC 3261, which are ASCII. Written without flags, because editors get it as it stands. */
const SIP = /^[Ss][Ii][Pp]:[\w.!~*'()&=+$,/%-]+@[\w.-]+$/;
const MAX_ADDRESS_LENGTH = 256;

export const sipAddress = z
  .string()
  .check(z.maxLength(MAX_ADDRESS_LENGTH), z.regex(SIP, 'Invalid address: expected sip:user@domain'));

/** E.164, at most fifteen digits. */
const TEL = /^tel:\+[1-9]\d{6,14}$/;

/** A party to call, on the wire. */
export const partyAddress = z.string().check(
  z.maxLength(MAX_ADDRESS_LENGTH),
  z.refine(
    (value) => SIP.test(value) || TEL.test(value),
    'Invalid address: expected sip:user@domain, or tel: and a phone number with + and country code',
  ),
);

/**
 * A party to call. Blanks after the scheme, which the documentation's own example has, go, as do the separators within a
 * number that RFC 3966 allows.
 */
export const callTarget = z.pipe(
  z.pipe(z.string().check(z.maxLength(MAX_ADDRESS_LENGTH)), z.transform(withoutSeparators)),
  partyAddress,
);

/** A number such as `+44 (0)20` stays as it is, and is refused: its zero is dialled in some countries only. */
function withoutSeparators(value: string): string {
  const [, scheme, rest] = /^ *(sip|tel): *(.*?) *$/i.exec(value) ?? [];
  if (scheme === undefined || rest === undefined) return value;
  const isNumber = scheme.toLowerCase() === 'tel' && !rest.includes('(0)');
  return `${scheme.toLowerCase()}:${isNumber ? rest.replace(/[ ()/.-]/g, '') : rest}`;
}

const EXPECTED_TIME = 'Invalid time: expected ISO 8601 with a time zone, such as 2025-03-05T09:00:00Z';

/** A time in any zone, as RFC 3339 in UTC. */
export const instant = z.pipe(
  z.string().check(z.maxLength(64)),
  z.transform((value, context) => {
    const hasZone = /^\d.*(z|[+-]\d{2}:?\d{2})$/i.test(value);
    const utc = hasZone ? toUtcTimestamp(value) : undefined;
    if (utc !== undefined) return utc;
    context.issues.push({ code: 'custom', message: EXPECTED_TIME, input: value });
    return z.NEVER;
  }),
);
