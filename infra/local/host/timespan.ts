/**
 * .NET `TimeSpan` texts, as host.json and timer schedules use them: `[-][d.]hh:mm[:ss[.fffffff]]`.
 *
 * `24:00:00` is 24 *days*: when the first number cannot be hours, .NET reads `d:hh:mm`.
 */
const pattern = /^(-)?(?:(\d+)\.)?(\d+):(\d{1,2})(?::(\d{1,2})(\.\d{1,7})?)?$/;

/** Milliseconds of a TimeSpan text, or `undefined` when it is not one. */
export function parseTimespanMs(value: string): number | undefined {
  const match = pattern.exec(value.trim());
  if (match === null) return undefined;
  const [, sign, days, first, second, third, fraction] = match;
  const parts = [Number(first), Number(second), Number(third ?? 0)];
  const shifted = days === undefined && (parts[0] ?? 0) > 23 && third !== undefined;
  const [wholeDays = 0, hours = 0, minutes = 0, seconds = 0] = shifted ? [...parts, 0] : [Number(days ?? 0), ...parts];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const totalSeconds = ((wholeDays * 24 + hours) * 60 + minutes) * 60 + seconds + (shifted ? 0 : Number(fraction ?? 0));
  return (sign === '-' ? -1 : 1) * Math.round(totalSeconds * 1000);
}
