import { createNimbusClient, type NimbusOptions } from '../../../../shared/destinations/nimbus/client.ts';
import { fakeFetch, type PlannedAnswer } from '../../../helpers/fake-fetch.ts';

/** A client of a Nimbus that gives these answers. */
export function nimbus(...answers: PlannedAnswer[]) {
  return nimbusWith({}, ...answers);
}

export function nimbusWith(options: Partial<NimbusOptions>, ...answers: PlannedAnswer[]) {
  const net = fakeFetch(...answers);
  const client = createNimbusClient({
    baseUrl: 'https://api.luware.example',
    credentials: { headers: async () => ({ authorization: 'Bearer token-1' }) },
    beforeCall: async () => undefined,
    fetch: net.fetch,
    clock: () => 0,
    timeoutMs: 1_000,
    ...options,
  });
  return { net, client };
}
