import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FunctionRunner } from '../../../../infra/local/host/function-runner.ts';
import { Hooks } from '../../../../infra/local/host/hooks.ts';
import { HostLog, type LogRecord } from '../../../../infra/local/host/log.ts';
import type { CoreInvocationContext, ProgrammingModel } from '../../../../infra/local/host/rpc.ts';
import { httpTrigger, loadedFunction } from './functions.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A model whose handlers get the request alone. */
function runner(functionTimeoutMs: number | undefined) {
  const records: LogRecord[] = [];
  const contexts: CoreInvocationContext[] = [];
  const model: ProgrammingModel = {
    name: 'test',
    version: '0',
    getCapabilities: (capabilities) => capabilities,
    getInvocationModel: (context) => {
      contexts.push(context);
      return {
        getArguments: async () => ({ context: {}, inputs: [] }),
        invokeFunction: async (_, inputs, callback) => callback(...inputs),
        getResponse: async () => ({ returnValue: { string: 'done' } }),
      };
    },
  };
  const made = new FunctionRunner({
    model,
    hooks: new Hooks(),
    log: new HostLog({ sink: (record) => records.push(record), levels: { Function: 'debug' }, clock: Date.now }),
    functionTimeoutMs,
    clock: Date.now,
    newId: () => 'id-1',
    randomHex: (bytes) => 'ab'.repeat(bytes),
  });
  return { runner: made, records, contexts };
}

const target = (callback: () => unknown) => loadedFunction('f', httpTrigger('f'), { callback });
const payload = { inputData: [], triggerMetadata: {} };

describe('FunctionRunner', () => {
  it('gives the invocation an id, a trace and no retry context unless there is one', async () => {
    const { runner: made, contexts } = runner(undefined);
    expect(
      await made.run(
        target(() => 1),
        payload,
      ),
    ).toEqual({ returnValue: { string: 'done' } });
    expect(contexts[0]?.request).toMatchObject({
      invocationId: 'id-1',
      functionId: 'f',
      traceContext: { attributes: {} },
    });
    expect(contexts[0]?.request).not.toHaveProperty('retryContext');
  });

  it('logs a failure with its invocation and passes it on', async () => {
    const { runner: made, records } = runner(undefined);
    const failing = target(() => {
      throw new Error('refused');
    });
    await expect(made.run(failing, payload)).rejects.toThrow('refused');
    expect(records).toMatchObject([
      { level: 'error', functionName: 'f', invocationId: 'id-1', message: expect.stringContaining('Error: refused') },
    ]);
  });

  it('takes a thrown nothing for a failure too', async () => {
    const { runner: made } = runner(undefined);
    const failing = target(() => {
      throw undefined;
    });
    await expect(made.run(failing, payload)).rejects.toThrow('threw nothing');
  });

  it('reports a run that is longer than the limit, once, and waits for it', async () => {
    const { runner: made, records } = runner(1000);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = made.run(
      target(() => gate),
      payload,
    );
    let idle = false;
    const becameIdle = made.idle().then(() => {
      idle = true;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(records.map((record) => record.message)).toEqual([
      'still runs after the functionTimeout of 1 s; Azure would stop it here',
    ]);
    expect(idle).toBe(false);
    release();
    await run;
    await becameIdle;
    expect(vi.getTimerCount()).toBe(0);
  });
});
