import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { Core, installCore } from '../../../../infra/local/host/core.ts';
import { addReadOnly, Disposable, Hooks, ReadOnlyError } from '../../../../infra/local/host/hooks.ts';
import { HostLog } from '../../../../infra/local/host/log.ts';

const log = new HostLog({ sink: () => undefined, levels: {}, clock: () => 0 });
const metadata = { name: 'f', bindings: {} };

describe('Hooks', () => {
  it('runs in order of registration, until one is disposed of or throws', async () => {
    const hooks = new Hooks();
    const calls: string[] = [];
    const first = hooks.register('preInvocation', () => calls.push('first'));
    hooks.register('preInvocation', async () => calls.push('second'));
    await hooks.run('preInvocation', {});
    first.dispose();
    hooks.register('preInvocation', () => {
      throw new Error('stop');
    });
    hooks.register('preInvocation', () => calls.push('never'));
    await expect(hooks.run('preInvocation', {})).rejects.toThrow('stop');
    expect(calls).toEqual(['first', 'second', 'second']);
  });

  it('refuses an unknown name as the worker does', () => {
    expect(() => new Hooks().register('later', () => undefined)).toThrow(
      expect.objectContaining({ name: 'RangeError', isAzureFunctionsSystemError: true }),
    );
  });

  it('guards the members that are not for hooks to change', () => {
    const context: { level?: string; category?: string } = { level: 'a' };
    addReadOnly(context, { category: 'user' });
    context.level = 'b';
    expect(() => {
      context.category = 'system';
    }).toThrow(ReadOnlyError);
    expect(context).toEqual({ level: 'b', category: 'user' });
  });
});

it('Disposable.from disposes of all, once', () => {
  let count = 0;
  const one = () => new Disposable(() => (count += 1));
  const both = Disposable.from(one(), one());
  both.dispose();
  both.dispose();
  expect(count).toBe(2);
});

describe('Core', () => {
  it('refuses a second function of a name, and any after the lock', () => {
    const core = new Core(log);
    core.module.registerFunction(metadata, () => undefined);
    expect(() => core.module.registerFunction(metadata, () => undefined)).toThrow('"f" has already been registered');
    core.lock();
    expect(() => core.module.registerFunction({ ...metadata, name: 'g' }, () => undefined)).toThrow(
      'during app startup',
    );
  });

  it('forgets a function that is disposed of', () => {
    const core = new Core(log);
    core.module.registerFunction(metadata, () => undefined).dispose();
    expect(core.functions.size).toBe(0);
  });

  it('answers require while it is installed', () => {
    const core = new Core(log);
    const require = createRequire(import.meta.url);
    const uninstall = installCore(core.module);
    expect(require('@azure/functions-core')).toBe(core.module);
    uninstall();
    expect(() => require('@azure/functions-core')).toThrow(/Cannot find/);
  });
});
