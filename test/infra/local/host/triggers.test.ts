import { describe, expect, it } from 'vitest';
import { connectionString, isDisabled } from '../../../../infra/local/host/app-settings.ts';
import type { Binding } from '../../../../infra/local/host/rpc.ts';
import { readTrigger } from '../../../../infra/local/host/triggers.ts';

function read(binding: Binding, env: NodeJS.ProcessEnv = {}, others: Record<string, Binding> = {}) {
  const problems: string[] = [];
  const trigger = readTrigger({ name: 'f', bindings: { t: binding, ...others } }, env, (problem) =>
    problems.push(problem),
  );
  return { trigger, problems };
}

describe('readTrigger', () => {
  it('reads an HTTP trigger; without a route it is the name', () => {
    const binding = { type: 'httpTrigger', direction: 'in', authLevel: 'FUNCTION', methods: ['get'] };
    expect(read(binding, {}, { $return: { type: 'http', direction: 'out' } })).toEqual({
      trigger: { kind: 'http', bindingName: 't', authLevel: 'function', methods: ['GET'], route: 'f' },
      problems: [],
    });
  });

  it.each([
    [{ schedule: '0 */5 * * * *' }, true],
    [{ schedule: '0 */5 * * * *', useMonitor: false }, false],
    [{ schedule: '*/5 * * * * *', useMonitor: true }, false],
  ])('monitors timer %j: %s', (binding, monitored) => {
    expect(read({ type: 'timerTrigger', ...binding }).trigger).toMatchObject({ kind: 'timer', monitored });
  });

  it('reads Service Bus triggers with settings in their names', () => {
    const binding = {
      type: 'serviceBusTrigger',
      connection: 'Bus',
      topicName: '%TOPIC%',
      subscriptionName: 'router',
      isSessionsEnabled: true,
      dataType: 'Binary',
    };
    expect(read(binding, { TOPIC: 'events' }).trigger).toEqual({
      kind: 'serviceBus',
      bindingName: 't',
      connection: 'Bus',
      entity: { topic: 'events', subscription: 'router' },
      sessions: true,
      cardinality: 'one',
      dataType: 'binary',
      autoComplete: undefined,
    });
  });

  it.each<[string, Binding, string]>([
    ['an unknown trigger', { type: 'queueTrigger' }, "trigger 'queueTrigger' is not one this host serves"],
    [
      'a missing setting',
      { type: 'timerTrigger', schedule: '%WHEN%' },
      "'%WHEN%' needs the setting WHEN, which is not set",
    ],
    ['a bad schedule', { type: 'timerTrigger', schedule: 'often' }, "its schedule 'often' is neither"],
    ['a bad level', { type: 'httpTrigger', authLevel: 'friends' }, 'authLevel: '],
    ['half an entity', { type: 'serviceBusTrigger', topicName: 'events' }, 'needs either queueName'],
    [
      'SDK bindings',
      { type: 'serviceBusTrigger', queueName: 'q', properties: { supportsDeferredBinding: 'true' } },
      'sdkBinding',
    ],
  ])('refuses %s', (_, binding, reason) => {
    const { trigger, problems } = read(binding);
    expect(trigger).toBeUndefined();
    expect(problems.join('\n')).toContain(reason);
  });

  it('refuses other bindings', () => {
    const { problems } = read({ type: 'httpTrigger' }, {}, { out: { type: 'serviceBus', direction: 'out' } });
    expect(problems).toEqual([expect.stringContaining("binding of type 'serviceBus'")]);
  });
});

it.each([
  [{ 'AzureWebJobs.my-f.Disabled': 'true' }, true],
  [{ 'AzureWebJobs.my-f.Disabled': '1' }, true],
  [{ 'AzureWebJobs__my-f__Disabled': 'True' }, true],
  [{ 'AzureWebJobs.my-f.Disabled': 'false' }, false],
  [{ 'AzureWebJobs.other.Disabled': 'true' }, false],
])('%j disables my-f: %s', (env, expected) => {
  expect(isDisabled('my-f', env)).toBe(expected);
});

describe('connectionString', () => {
  const find = (name: string, env: NodeJS.ProcessEnv) => {
    const problems: string[] = [];
    return { value: connectionString(name, env, (problem) => problems.push(problem)), problems };
  };

  it.each([
    ['Bus', { Bus: 'x' }],
    ['Bus', { AzureWebJobsBus: 'x' }],
    ['', { AzureWebJobsServiceBus: 'x' }],
  ])("'%s' is found in %j", (name, env) => {
    expect(find(name, env)).toEqual({ value: 'x', problems: [] });
  });

  it('says which setting is missing, and that identities are not for this host', () => {
    expect(find('Bus', {}).problems[0]).toContain('setting Bus, which is not set');
    expect(find('Bus', { Bus__fullyQualifiedNamespace: 'ns' }).problems[0]).toContain('uses an identity');
  });
});
