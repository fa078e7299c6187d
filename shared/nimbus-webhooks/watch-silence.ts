import { openMsBetween } from '../business-hours.ts';
import type { NimbusWebhooksConfig } from '../config.ts';
import { PermanentError, TransientError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LastEvents } from './last-events.ts';
import { type AccessClient, askServiceAccess, type ServiceAccess } from './service-access.ts';
import { alarmOf, type SilenceProblem } from './silence-problem.ts';
import type { SilenceStore, WatchedService } from './silence-store.ts';

export interface WatchSilenceOptions extends Pick<NimbusWebhooksConfig, 'services' | 'quietMs' | 'businessHours'> {
  readonly client: AccessClient;
  readonly store: SilenceStore;
  readonly lastEvents: Pick<LastEvents, 'get'>;
  /** Registers the webhooks again, although they seem to be registered; rejects when that did not work for each. */
  readonly reregister: (log: Log) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A configured service with what is known of it from earlier and from this look. */
interface Look {
  readonly upn: string;
  /** In NIMBUS_SERVICES, from 1. */
  readonly position: number;
  readonly before: WatchedService;
  readonly hasTasks: boolean;
  readonly hasSchedulerEntries: boolean;
  /** Undefined when Nimbus did not tell. */
  readonly isVisible: boolean | undefined;
}

/**
 * Looks once whether the webhooks of Nimbus can still come, and whether they do: Nimbus stops them without a word when
 * the account that registered them loses its role.
 *
 * Every problem is one alarm in the log at each look, and makes the store silent until a look finds none. When access
 * comes back after a loss the webhooks are registered anew; until that worked the problem stays.
 *
 * @throws TransientError when the table does not answer
 */
export async function watchSilence(options: WatchSilenceOptions, log: Log): Promise<readonly SilenceProblem[]> {
  const { store, services, clock } = options;
  const { services: known } = await store.read();
  const access = await askOrWarn(options.client, log);
  const looks = services.map((upn, index) => lookAt(upn, index + 1, known.get(upn.toLowerCase()), access, clock()));

  const regained = looks.filter(({ before, isVisible }) => before.isLost && isVisible === true);
  const isRegistered = regained.length === 0 || (await registerAnew(options, log));
  const after = looks.map((look) => ({ ...look, after: outcomeOf(look, isRegistered, clock()) }));

  const problems: SilenceProblem[] = [
    ...accountProblems(access),
    ...(access?.kind === 'open' ? looks.flatMap(vanishedProblems) : []),
    ...(isRegistered ? [] : regained.map(({ position }) => ({ kind: 'not-registered-anew', position }) as const)),
    ...(await quietProblems(after, options)),
  ];
  for (const problem of problems) alarmOf(problem, log);
  await store.write({
    isSilent: problems.length > 0 || after.some(({ after: { isLost } }) => isLost),
    services: new Map(after.map(({ upn, after: service }) => [upn.toLowerCase(), service])),
  });
  return problems;
}

/** An outage tells nothing about access, and everything that calls Nimbus sees it anyway. */
async function askOrWarn(client: AccessClient, log: Log): Promise<ServiceAccess | undefined> {
  try {
    return await askServiceAccess(client);
  } catch (error) {
    log.warn('access to Nimbus could not be checked; the next look tries again', { reason: reasonOf(error) });
    return undefined;
  }
}

function lookAt(
  upn: string,
  position: number,
  stored: WatchedService | undefined,
  access: ServiceAccess | undefined,
  nowMs: number,
): Look {
  const before = stored ?? { hadTasks: false, hadSchedulerEntries: false, isLost: false, countsFromMs: nowMs };
  const hasTasks = access?.kind === 'open' && access.seesTasksOf(upn);
  const hasSchedulerEntries = access?.kind === 'open' && access.seesSchedulerEntriesOf(upn);
  // Not every service has a licence for scheduler entries: they are missing only where they were before.
  const isMissing = (before.hadTasks && !hasTasks) || (before.hadSchedulerEntries && !hasSchedulerEntries);
  const isVisible = access && !isMissing && (hasTasks || hasSchedulerEntries);
  return { upn, position, before, hasTasks, hasSchedulerEntries, isVisible };
}

async function registerAnew({ reregister }: WatchSilenceOptions, log: Log): Promise<boolean> {
  try {
    await reregister(log);
  } catch (error) {
    log.error('webhooks of Nimbus not registered anew', { reason: reasonOf(error) });
    return false;
  }
  log.info('webhooks of Nimbus registered anew: access came back');
  return true;
}

/** What to remember after this look. What could not be told stays as it was. */
function outcomeOf(look: Look, isRegistered: boolean, nowMs: number): WatchedService {
  const { before, isVisible } = look;
  const isBack = before.isLost && isVisible === true && isRegistered;
  return {
    hadTasks: before.hadTasks || look.hasTasks,
    hadSchedulerEntries: before.hadSchedulerEntries || look.hasSchedulerEntries,
    isLost: isVisible === false || (before.isLost && !isBack),
    countsFromMs: isBack ? nowMs : before.countsFromMs,
  };
}

function accountProblems(access: ServiceAccess | undefined): SilenceProblem[] {
  return access === undefined || access.kind === 'open' ? [] : [{ kind: access.kind, position: undefined }];
}

function vanishedProblems({ isVisible, position }: Look): SilenceProblem[] {
  return isVisible === false ? [{ kind: 'service-vanished', position }] : [];
}

/** Services that are lost have a reason to be quiet that is told already. */
async function quietProblems(
  looks: readonly (Look & { readonly after: WatchedService })[],
  { quietMs, businessHours, lastEvents, clock }: WatchSilenceOptions,
): Promise<SilenceProblem[]> {
  if (quietMs === 0) return [];
  const nowMs = clock();
  const problems = await Promise.all(
    looks.map(async ({ upn, position, after }): Promise<SilenceProblem[]> => {
      if (after.isLost) return [];
      const sinceMs = Math.max((await lastEvents.get(upn)) ?? 0, after.countsFromMs);
      const silentMs = businessHours === undefined ? nowMs - sinceMs : openMsBetween(businessHours, sinceMs, nowMs);
      return silentMs > quietMs ? [{ kind: 'no-events', position }] : [];
    }),
  );
  return problems.flat();
}

/** Only these errors are known to name no service. */
function reasonOf(error: unknown): string {
  if (error instanceof TransientError || error instanceof PermanentError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
