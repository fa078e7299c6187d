import type { Log } from '../log.ts';

/** Why webhooks do not come, or may not. Nimbus itself tells nobody. */
export interface SilenceProblem {
  readonly kind: ProblemKind;
  /** Position in NIMBUS_SERVICES, from 1; undefined when it concerns all of them. */
  readonly position: number | undefined;
}

export type ProblemKind = 'sign-in-refused' | 'role-lost' | 'service-vanished' | 'no-events' | 'not-registered-anew';

const ROLE = 'that the account still has the role Tenant Admin or Service Owner in Nimbus';

/** What a person should look at. */
const checks: Readonly<Record<ProblemKind, string>> = {
  'sign-in-refused': `Nimbus refuses the account's sign-in: check that the account is active, sign in anew with "npm run nimbus:login", and check ${ROLE}`,
  'role-lost': `Nimbus refuses the account: check ${ROLE}`,
  'service-vanished': `the account does not see the service, or no longer sees its tasks or its scheduler entries: check ${ROLE} and belongs to the service's organization unit, that the service exists and is licensed, and that NIMBUS_SERVICES spells it right; where that is intended, take it out of NIMBUS_SERVICES at least until the next look`,
  'no-events': `no event came within the quiet time: check that the service has a valid workflow and gets calls, ${ROLE}, that the webhooks are registered ("npm run nimbus:triggers -- list"), and that NIMBUS_CALLBACK_URL and NIMBUS_CALLBACK_KEY are right`,
  'not-registered-anew':
    'access came back, but the webhooks could not be registered anew; this is tried again: check the lines before this one, and "npm run nimbus:triggers -- list"',
};

/**
 * Says that Nimbus is silent: `alarm name=nimbus-silent service=… problem=… check=…`. Alert on that line.
 * Services appear by their position, because their UPNs look like those of people.
 */
export function alarmOf({ kind, position }: SilenceProblem, log: Pick<Log, 'error'>): void {
  const service = position === undefined ? 'all of NIMBUS_SERVICES' : `service ${position} of NIMBUS_SERVICES`;
  log.error('alarm', { name: 'nimbus-silent', service, problem: kind, check: checks[kind] });
}
