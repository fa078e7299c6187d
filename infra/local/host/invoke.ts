import { runLogHooks } from './core.ts';
import { addReadOnly, type Hooks } from './hooks.ts';
import type { LoadedFunction } from './load-app.ts';
import type { HostLog } from './log.ts';
import type { CoreInvocationContext, InvocationRequest, InvocationResponse, ProgrammingModel } from './rpc.ts';

export interface InvocationHost {
  model: ProgrammingModel;
  hooks: Hooks;
  log: HostLog;
}

/**
 * Runs one invocation as the Node worker does: arguments, `preInvocation` hooks, handler, `postInvocation` hooks, response.
 *
 * A throwing pre hook skips the handler and the post hooks. A post hook may replace the result, or rescue a failure by
 * setting `error` to null.
 *
 * @throws whatever the handler or a hook threw, unless a post hook rescued it.
 */
export async function invoke(
  host: InvocationHost,
  target: Pick<LoadedFunction, 'name' | 'metadata' | 'callback'>,
  request: InvocationRequest,
): Promise<InvocationResponse> {
  const { invocationId } = request;
  const hookData: Record<string, unknown> = {};
  let invocationContext: unknown;
  const coreContext: CoreInvocationContext = {
    invocationId,
    request,
    metadata: target.metadata,
    log: (level, category, message) => {
      const record = runLogHooks(host.hooks, { level, category, message }, { hookData, invocationContext });
      const suffix = category === 'user' ? '.User' : '';
      host.log.write({
        ...pick(record),
        category: `Function.${target.name}${suffix}`,
        functionName: target.name,
        invocationId,
      });
    },
  };
  const model = host.model.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  invocationContext = context;
  const fixed = { hookData, appHookData: host.hooks.appHookData, invocationContext: context };

  coreContext.state = 'preInvocationHooks';
  const before = { functionCallback: target.callback, inputs };
  addReadOnly(before, fixed);
  await host.hooks.run('preInvocation', before);

  coreContext.state = 'invocation';
  const after: { inputs: unknown[]; result: unknown; error: unknown } = {
    inputs: before.inputs,
    result: null,
    error: null,
  };
  addReadOnly(after, fixed);
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error ?? new Error('The function threw nothing (null or undefined).');
  }

  coreContext.state = 'postInvocationHooks';
  await host.hooks.run('postInvocation', after);
  if (after.error !== null && after.error !== undefined) throw after.error;
  return await model.getResponse(context, after.result);
}

function pick({ level, message }: Pick<Parameters<HostLog['write']>[0], 'level' | 'message'>) {
  return { level, message };
}
