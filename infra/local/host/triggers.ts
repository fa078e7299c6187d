import * as z from '../../../shared/zod.ts';
import { resolveNames } from './app-settings.ts';
import type { AuthLevel } from './keys.ts';
import type { Binding, FunctionMetadata } from './rpc.ts';
import { parseSchedule, type Schedule } from './timer-schedule.ts';

/** What starts a function, read from the metadata that `@azure/functions` registered. */
export type Trigger = HttpTrigger | TimerTrigger | ServiceBusTrigger;

export interface HttpTrigger {
  kind: 'http';
  bindingName: string;
  authLevel: AuthLevel;
  /** Upper case; empty means every method. */
  methods: string[];
  /** The template below the route prefix. */
  route: string;
}

export interface TimerTrigger {
  kind: 'timer';
  bindingName: string;
  schedule: Schedule;
  runOnStartup: boolean;
  /** False also for schedules with less than a minute between runs, which the extension never monitors. */
  monitored: boolean;
}

export interface ServiceBusTrigger {
  kind: 'serviceBus';
  bindingName: string;
  /** Name of the setting with the connection string. */
  connection: string;
  entity: { queue: string } | { topic: string; subscription: string };
  sessions: boolean;
  cardinality: 'one' | 'many';
  dataType: 'none' | 'string' | 'binary';
  autoComplete: boolean | undefined;
}

const lowerCase = z.pipe(
  z.string(),
  z.transform((value): string => value.toLowerCase()),
);

const httpBinding = z.looseObject({
  authLevel: z._default(z.pipe(lowerCase, z.enum(['anonymous', 'function', 'admin'])), 'function'),
  methods: z.optional(z.nullable(z.array(z.string()))),
  route: z.optional(z.nullable(z.string())),
});

const timerBinding = z.looseObject({
  schedule: z.string(),
  runOnStartup: z.optional(z.boolean()),
  useMonitor: z.optional(z.boolean()),
});

const serviceBusBinding = z.looseObject({
  connection: z._default(z.string(), ''),
  queueName: z.optional(z.string()),
  topicName: z.optional(z.string()),
  subscriptionName: z.optional(z.string()),
  isSessionsEnabled: z._default(z.boolean(), false),
  cardinality: z._default(z.pipe(lowerCase, z.enum(['one', 'many'])), 'one'),
  dataType: z.optional(z.pipe(lowerCase, z.enum(['string', 'binary']))),
  autoCompleteMessages: z.optional(z.boolean()),
  properties: z.optional(z.looseObject({ supportsDeferredBinding: z.optional(z.string()) })),
});

/** Reads a function's trigger. Problems go to `report`; with any, the result is `undefined`. */
export function readTrigger(
  metadata: FunctionMetadata,
  env: NodeJS.ProcessEnv,
  report: (problem: string) => void,
): Trigger | undefined {
  let sound = true;
  const fail = (problem: string): void => {
    sound = false;
    report(problem);
  };
  const entries = Object.entries(metadata.bindings);
  const trigger = entries.find(([, binding]) => /trigger$/i.test(binding.type ?? ''));
  if (trigger === undefined) {
    fail('it has no trigger');
    return undefined;
  }
  for (const [name, binding] of entries) {
    if (name === trigger[0] || (name === '$return' && binding.type === 'http')) continue;
    fail(
      `it has a binding of type '${binding.type}', and this host serves triggers only; call the service's SDK instead`,
    );
  }
  const resolved = resolveBinding(trigger[1], env, fail);
  const parsed = parseTrigger(trigger[0], resolved, metadata.name, fail);
  return sound ? parsed : undefined;
}

function resolveBinding(binding: Binding, env: NodeJS.ProcessEnv, report: (problem: string) => void): Binding {
  const entries = Object.entries(binding).map(([name, value]) => [
    name,
    typeof value === 'string' ? resolveNames(value, env, report) : value,
  ]);
  return Object.fromEntries(entries);
}

function parseTrigger(
  bindingName: string,
  binding: Binding,
  functionName: string,
  report: (problem: string) => void,
): Trigger | undefined {
  switch (binding.type?.toLowerCase()) {
    case 'httptrigger':
      return httpTrigger(bindingName, parse(httpBinding, binding, report), functionName);
    case 'timertrigger':
      return timerTrigger(bindingName, parse(timerBinding, binding, report), report);
    case 'servicebustrigger':
      return serviceBusTrigger(bindingName, parse(serviceBusBinding, binding, report), report);
    default:
      report(`its trigger '${binding.type}' is not one this host serves (HTTP, timer, Service Bus)`);
      return undefined;
  }
}

function parse<Schema extends z.ZodMiniType>(
  schema: Schema,
  binding: Binding,
  report: (problem: string) => void,
): z.infer<Schema> | undefined {
  const parsed = schema.safeParse(binding);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) report(`${issue.path.map(String).join('.')}: ${issue.message}`);
  return undefined;
}

function httpTrigger(
  bindingName: string,
  binding: z.infer<typeof httpBinding> | undefined,
  functionName: string,
): HttpTrigger | undefined {
  return (
    binding && {
      kind: 'http',
      bindingName,
      authLevel: binding.authLevel,
      methods: (binding.methods ?? []).map((method) => method.toUpperCase()),
      route: binding.route || functionName,
    }
  );
}

function timerTrigger(
  bindingName: string,
  binding: z.infer<typeof timerBinding> | undefined,
  report: (problem: string) => void,
): TimerTrigger | undefined {
  const schedule = binding && parseSchedule(binding.schedule);
  if (binding === undefined) return undefined;
  if (schedule === undefined) {
    report(
      `its schedule '${binding.schedule}' is neither '{second} {minute} {hour} {day} {month} {weekday}' nor a time span`,
    );
    return undefined;
  }
  return {
    kind: 'timer',
    bindingName,
    schedule,
    runOnStartup: binding.runOnStartup ?? false,
    monitored: (binding.useMonitor ?? true) && schedule.shortestIntervalMs >= 60_000,
  };
}

function serviceBusTrigger(
  bindingName: string,
  binding: z.infer<typeof serviceBusBinding> | undefined,
  report: (problem: string) => void,
): ServiceBusTrigger | undefined {
  if (binding === undefined) return undefined;
  const { queueName, topicName, subscriptionName } = binding;
  if (binding.properties?.supportsDeferredBinding === 'true') {
    report('it uses sdkBinding, which this host does not offer');
    return undefined;
  }
  const entity = queueName
    ? { queue: queueName }
    : topicName && subscriptionName
      ? { topic: topicName, subscription: subscriptionName }
      : undefined;
  if (entity === undefined || (queueName && topicName)) {
    report('its Service Bus trigger needs either queueName, or topicName and subscriptionName');
    return undefined;
  }
  return {
    kind: 'serviceBus',
    bindingName,
    connection: binding.connection,
    entity,
    sessions: binding.isSessionsEnabled,
    cardinality: binding.cardinality,
    dataType: binding.dataType ?? 'none',
    autoComplete: binding.autoCompleteMessages,
  };
}
