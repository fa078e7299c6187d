/**
 * LUCS writes `dd.MM.yyyy HH:mm:ss.fffffffZ`, always UTC. The last four of the seven digits are below a clock's
 * millisecond.
 */
export function formatLucsDate(epochMs: number): string {
  const [date = '', time = ''] = new Date(epochMs).toISOString().slice(0, -1).split('T');
  return `${date.split('-').reverse().join('.')} ${time}0000Z`;
}

/** The context parameter `CurrentSystemTime`: `M/d/yyyy h:mm tt` in the server's zone, which is UTC here. */
export function formatSystemTime(epochMs: number): string {
  const now = new Date(epochMs);
  const hour = now.getUTCHours();
  const minute = String(now.getUTCMinutes()).padStart(2, '0');
  const day = `${now.getUTCMonth() + 1}/${now.getUTCDate()}/${now.getUTCFullYear()}`;
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${minute} ${hour < 12 ? 'AM' : 'PM'}`;
}
