/** How numbers are written: jtel's current pages show E.164 without the plus, an older one with it. */
export type PhoneFormat = 'digits' | 'plus';

/** What is wrong with text that {@link isE164} refuses. */
export const NOT_E164 = 'Invalid phone number: expected country code and number, with or without + (E.164)';

/** Number with country code, as E.164 counts it. */
const E164 = /^[1-9]\d{6,14}$/;

/**
 * Writes a number in E.164 as the installation wants it. Everything else stays as it is: also `+44 (0)20`, whose zero is
 * dialled in some countries only.
 *
 * @param isPhone whether nothing but a number is expected; elsewhere digits alone can be any reference
 */
export function toWireNumber(value: string, format: PhoneFormat, isPhone: boolean): string {
  const compact = withoutSeparators(value);
  const digits = compact.startsWith('+') ? compact.slice(1) : compact;
  const isNumber = compact.startsWith('+') ? /^\d{6,15}$/.test(digits) : isPhone && E164.test(digits);
  if (!isNumber) return value;
  return format === 'plus' ? `+${digits}` : digits;
}

/** Whether it is a number with country code, with or without a plus. */
export function isE164(value: string): boolean {
  return E164.test(withoutSeparators(value).replace(/^\+/, ''));
}

function withoutSeparators(value: string): string {
  return value.includes('(0)') ? value : value.replace(/[\s()/.-]/g, '');
}
