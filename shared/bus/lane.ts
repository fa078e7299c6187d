import { hash } from 'node:crypto';

/** Service Bus accepts at most this many characters in a session id. */
const MAX_SESSION_ID_LENGTH = 128;

/**
 * The Service Bus session of everything about `subject`. With `lanes` > 0 subjects share that many sessions, so that
 * a function instance can hold all of them at once; with 0 each subject has a session of its own.
 */
export function laneOf(subject: string, lanes: number): string {
  const digest = hash('sha256', subject, 'buffer');
  if (lanes > 0) return `lane-${digest.readUInt32BE(0) % lanes}`;
  return subject.length <= MAX_SESSION_ID_LENGTH ? subject : digest.toString('base64url');
}
