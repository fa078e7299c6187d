import { readFileSync } from 'node:fs';
import * as z from '../../shared/zod.ts';

const object = z.record(z.string(), z.unknown());

/** A sample body of a Nimbus webhook from test/fixtures/nimbus, with some keys changed. */
export function nimbusFixture(name: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const text = readFileSync(new URL(`../fixtures/nimbus/${name}.json`, import.meta.url), 'utf8');
  return { ...object.parse(JSON.parse(text)), ...changes };
}

export const taskFixtures = [
  'task-built-by-a-flow',
  'task-email-received',
  'task-missed-anonymous',
  'task-newer-keys',
  'task-outbound-user-accepted',
  'task-parameter-updated',
  'task-system-accepted',
  'task-terminated-handled',
] as const;

export const schedulerEntryFixtures = [
  'scheduler-entry-completed',
  'scheduler-entry-created',
  'scheduler-entry-in-progress',
  'scheduler-entry-limit-reached',
] as const;
