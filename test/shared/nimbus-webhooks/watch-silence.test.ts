import { beforeEach, describe, expect, it } from 'vitest';
import { parseBusinessHours } from '../../../shared/business-hours.ts';
import { ConfigurationError, TransientError } from '../../../shared/errors.ts';
import { nimbusSource } from '../../../shared/events/nimbus-source.ts';
import { createSilenceWatch } from '../../../shared/nimbus-webhooks/silence-watch.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';
import { RecordingLog } from '../../helpers/recording-log.ts';

const HELPDESK = 'Helpdesk@contoso.example';
const CARE = 'care@contoso.example';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const refused = (httpStatus: number) => new TransientError(`Nimbus answered ${httpStatus}`, { httpStatus });

/** What Nimbus answers now; an error is thrown. */
const nimbus: Record<'connection' | 'tasks' | 'schedulerEntries', readonly string[] | Error> = {
  connection: [],
  tasks: [],
  schedulerEntries: [],
};
let table: MemoryTable;
let log: RecordingLog;
let nowMs: number;
let registrations: number;
let registerError: Error | undefined;

beforeEach(() => {
  Object.assign(nimbus, { connection: [], tasks: ['helpdesk@contoso.example', CARE], schedulerEntries: [HELPDESK] });
  table = new MemoryTable();
  log = new RecordingLog();
  nowMs = Date.parse('2025-03-04T08:00:00Z');
  registrations = 0;
  registerError = undefined;
});

async function answer(what: keyof typeof nimbus): Promise<readonly string[]> {
  const given = nimbus[what];
  if (given instanceof Error) throw given;
  return given;
}

function processWith(settings: { services?: readonly string[]; quietMs?: number; businessHours?: string } = {}) {
  const { services = [HELPDESK, CARE], quietMs = 0, businessHours = '' } = settings;
  return createSilenceWatch({
    table,
    services,
    quietMs,
    businessHours: parseBusinessHours(businessHours),
    client: {
      testConnection: async () => void (await answer('connection')),
      getServices: () => answer('tasks'),
      getSchedulerEntryServices: () => answer('schedulerEntries'),
    },
    reregister: async () => {
      if (registerError !== undefined) throw registerError;
      registrations += 1;
    },
    clock: () => nowMs,
  });
}

/** Looks once, and gives what a process that starts now says: its alarms and its health. */
async function look(watch = processWith()) {
  const logged = log.entries.length;
  await watch.watch(log);
  const alarms = log.entries.slice(logged).filter(({ message }) => message === 'alarm');
  return {
    problems: alarms.map(({ fields }) => `${fields.service}: ${fields.problem}`),
    health: await processWith().check(),
  };
}

const nothing = { problems: [], health: undefined };
const only = (problem: string) => ({ problems: [problem], health: 'silent' });

describe('before the first look', () => {
  it('Nimbus counts as not silent', async () => {
    expect(await processWith().check()).toBeUndefined();
  });
});

describe('access to Nimbus', () => {
  it('is no problem when every service is seen somewhere, in whatever casing', async () => {
    expect(await look()).toEqual(nothing);
    expect(log.entries).toEqual([]);
  });

  it.each([
    [401, 'sign-in-refused'],
    [403, 'role-lost'],
  ])('that is refused with %i is one alarm for all services at each look: %s', async (status, problem) => {
    nimbus.connection = refused(status);
    expect(await look()).toEqual(only(`all of NIMBUS_SERVICES: ${problem}`));
    expect(await look()).toEqual(only(`all of NIMBUS_SERVICES: ${problem}`));
    expect(registrations).toBe(0);
  });

  it('that a lookup refuses by 401 is a refused sign-in', async () => {
    nimbus.schedulerEntries = refused(401);
    expect(await look()).toEqual(only('all of NIMBUS_SERVICES: sign-in-refused'));
  });

  it('to all services is lost when both lookups refuse or are empty', async () => {
    Object.assign(nimbus, { tasks: refused(403), schedulerEntries: [] });
    expect(await look()).toEqual({
      problems: ['service 1 of NIMBUS_SERVICES: service-vanished', 'service 2 of NIMBUS_SERVICES: service-vanished'],
      health: 'silent',
    });
  });

  it('to one service is lost when it is in no list', async () => {
    nimbus.tasks = ['helpdesk@contoso.example', 'another@contoso.example'];
    expect(await look()).toEqual(only('service 2 of NIMBUS_SERVICES: service-vanished'));
  });

  it.each(['tasks', 'schedulerEntries'] as const)(
    'is lost in part when a service leaves its list of %s',
    async (list) => {
      expect(await look()).toEqual(nothing);
      nimbus[list] = [CARE];
      expect(await look()).toEqual(only('service 1 of NIMBUS_SERVICES: service-vanished'));
    },
  );

  it('that is meant to shrink is forgotten when the service leaves the settings for a look', async () => {
    await look();
    nimbus.schedulerEntries = [];
    await look();
    expect(await look(processWith({ services: [CARE] }))).toEqual(nothing);
    expect(await look()).toEqual(nothing);
  });

  it('that nobody can tell about is no alarm, and changes nothing', async () => {
    nimbus.connection = new TransientError('Nimbus could not be reached for "test connection"');
    expect(await look()).toEqual(nothing);
    expect(log.text).toContain('warn access to Nimbus could not be checked');

    nimbus.connection = refused(403);
    await look();
    nimbus.connection = refused(503);
    expect(await look()).toEqual({ problems: [], health: 'silent' });
    nimbus.connection = [];
    expect(await look()).toEqual(nothing);
    expect(registrations).toBe(1);
  });
});

describe('access that comes back', () => {
  it('has the webhooks registered anew, once', async () => {
    await look();
    nimbus.connection = refused(403);
    await look();
    nimbus.connection = [];
    expect(await look()).toEqual(nothing);
    expect(await look()).toEqual(nothing);
    expect(registrations).toBe(1);
    expect(log.text).toContain('info webhooks of Nimbus registered anew');
  });

  it('to some services has the webhooks registered anew for these', async () => {
    Object.assign(nimbus, { tasks: [], schedulerEntries: [] });
    await look();
    nimbus.tasks = [CARE];
    expect(await look()).toEqual(only('service 1 of NIMBUS_SERVICES: service-vanished'));
    expect(registrations).toBe(1);
    nimbus.tasks = [CARE, HELPDESK];
    expect(await look()).toEqual(nothing);
    expect(registrations).toBe(2);
  });

  it('stays a problem until the webhooks could be registered', async () => {
    nimbus.tasks = [HELPDESK];
    await look();
    nimbus.tasks = [HELPDESK, CARE];
    registerError = new TransientError('Nimbus answered 503 to "register task webhook"');
    expect(await look()).toEqual(only('service 2 of NIMBUS_SERVICES: not-registered-anew'));
    expect(log.text).toContain('Nimbus answered 503');
    registerError = undefined;
    expect(await look()).toEqual(nothing);
    expect(registrations).toBe(1);
  });

  it('starts the quiet time anew', async () => {
    const watch = processWith({ quietMs: HOUR_MS });
    await look(watch);
    nimbus.connection = refused(403);
    nowMs += 10 * HOUR_MS;
    expect(await look(watch)).toEqual(only('all of NIMBUS_SERVICES: role-lost'));
    nimbus.connection = [];
    expect(await look(watch)).toEqual(nothing);
    nowMs += HOUR_MS + 1;
    expect((await look(watch)).problems).toHaveLength(2);
  });
});

describe('a service without events', () => {
  it('is silent when the quiet time is over, counted from the first look and then from its last event', async () => {
    const watch = processWith({ quietMs: HOUR_MS });
    await look(watch);
    nowMs += HOUR_MS;
    await watch.noteEvent(nimbusSource(CARE));
    expect(await look(watch)).toEqual(nothing);
    nowMs += 1;
    expect(await look(watch)).toEqual(only('service 1 of NIMBUS_SERVICES: no-events'));
    nowMs += HOUR_MS;
    expect((await look(watch)).problems).toHaveLength(2);

    await watch.noteEvent(nimbusSource(HELPDESK));
    await watch.noteEvent(nimbusSource(CARE));
    expect(await look(watch)).toEqual(nothing);
    expect(registrations).toBe(0);
  });

  it('may be quiet for ever when no quiet time is set', async () => {
    await look();
    nowMs += 10_000 * HOUR_MS;
    expect(await look()).toEqual(nothing);
  });

  it('may be quiet outside business hours', async () => {
    const watch = processWith({ quietMs: 2 * HOUR_MS, businessHours: 'Mon-Fri 08:00-18:00 Europe/Berlin' });
    nowMs = Date.parse('2025-03-28T16:00:00Z');
    await look(watch);
    nowMs = Date.parse('2025-03-31T07:00:00Z');
    expect(await look(watch)).toEqual(nothing);
    nowMs += MINUTE_MS;
    expect((await look(watch)).problems).toHaveLength(2);
  });

  it('is noticed although Nimbus does not answer', async () => {
    const watch = processWith({ quietMs: HOUR_MS });
    await look(watch);
    nimbus.connection = refused(500);
    nowMs += HOUR_MS + 1;
    expect((await look(watch)).problems).toHaveLength(2);
  });
});

describe('what is written', () => {
  it('says what to check, and names no service', async () => {
    const watch = processWith({ quietMs: HOUR_MS });
    await look(watch);
    nowMs += 2 * HOUR_MS;
    await look(watch);
    Object.assign(nimbus, { tasks: [] });
    await look(watch);
    nimbus.connection = refused(403);
    await look(watch);
    nimbus.connection = refused(401);
    await look(watch);
    Object.assign(nimbus, { connection: [], tasks: [HELPDESK, CARE] });
    registerError = new ConfigurationError('Settings are wrong', [`NIMBUS_SERVICES: known are ${HELPDESK}`]);
    await look(watch);

    expect(log.text).toMatch(/alarm name=nimbus-silent service="service 1 of .*no-events.*valid workflow/);
    expect(log.text).toMatch(/service-vanished.*check that the account still has the role/);
    expect(log.text).toMatch(/role-lost.*check that the account still has the role/);
    expect(log.text).toMatch(/sign-in-refused.*npm run nimbus:login/);
    expect(log.text).toMatch(/not-registered-anew.*npm run nimbus:triggers/);
    expect(log.text.toLowerCase()).not.toContain('contoso');
  });

  it('is nothing when the table does not answer: the look fails, and so does the health check', async () => {
    table.goDown();
    await expect(processWith().watch(log)).rejects.toThrow('the table storage does not answer');
    await expect(processWith().check()).rejects.toThrow('the table storage does not answer');
    expect(registrations).toBe(0);
  });
});
