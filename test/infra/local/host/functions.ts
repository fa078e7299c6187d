import type { LoadedFunction } from '../../../../infra/local/host/load-app.ts';
import type { Trigger } from '../../../../infra/local/host/triggers.ts';

/** A loaded function for tests of what surrounds it; its handler is never called. */
export function loadedFunction(name: string, trigger: Trigger, changes: Partial<LoadedFunction> = {}): LoadedFunction {
  return {
    name,
    trigger,
    metadata: { name, bindings: {} },
    callback: () => undefined,
    retry: undefined,
    disabled: false,
    ...changes,
  };
}

export const httpTrigger = (route: string, methods: string[] = ['GET']): Trigger => ({
  kind: 'http',
  bindingName: 'request',
  authLevel: 'anonymous',
  methods,
  route,
});
