/**
 * In the dotted form LUCS writes `dd.MM.yyyy HH:mm:ss.fffffffZ`, always UTC. The last four of the seven digits are below
 * a clock's millisecond.
 */
export function formatLucsDate(epochMs: number, form: 'dotted' | 'iso' = 'dotted'): string {
  const iso = new Date(epochMs).toISOString();
  if (form === 'iso') return iso;
  const [date = '', time = ''] = iso.slice(0, -1).split('T');
  return `${date.split('-').reverse().join('.')} ${time}0000Z`;
}

/**
 * The instant of a `DueDate`, in milliseconds since the epoch: `dd.MM.yyyy HH:mm:ss`, taken as UTC, and nothing else.
 * Undefined for another form and for a day or time that does not exist.
 */
export function readDueDate(text: string): number | undefined {
  const [, day, month, year, time] = /^(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return instantOf(`${year}-${month}-${day}T${time}.000Z`);
}

/** The instant of a bound of a search, which is a date-time of Swagger: ISO 8601, in UTC or with an offset. */
export function readDateTime(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const [, seconds, fraction = '', zone = 'Z'] = match ?? [];
  if (seconds === undefined || instantOf(`${seconds}.000Z`) === undefined) return undefined;
  const instant = Date.parse(`${seconds}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The context parameter `CurrentSystemTime`: `M/d/yyyy h:mm tt` in the server's zone, which is UTC here. */
export function formatSystemTime(epochMs: number): string {
  const now = new Date(epochMs);
  const hour = now.getUTCHours();
  const minute = String(now.getUTCMinutes()).padStart(2, '0');
  const day = `${now.getUTCMonth() + 1}/${now.getUTCDate()}/${now.getUTCFullYear()}`;
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${minute} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** Undefined where `Date` would silently turn a 30th of February into the 1st of March. */
function instantOf(iso: string): number | undefined {
  const date = new Date(iso);
  return !Number.isNaN(date.getTime()) && date.toISOString() === iso ? date.getTime() : undefined;
}
