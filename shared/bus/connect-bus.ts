import type { Config } from '../config.ts';
import type { Bus } from './bus.ts';
import { createServiceBus } from './service-bus.ts';

/** Where every event goes first. */
export const EVENTS_TOPIC = 'events';

/** The bus of the settings. It connects when it is first used, and its library is loaded then. */
export function connectBus({ serviceBus }: Pick<Config, 'serviceBus'>): Bus {
  return createServiceBus({
    checkEntity: EVENTS_TOPIC,
    connect: async (retryOptions) => {
      const { openServiceBus } = await import('./open-service-bus.ts');
      return openServiceBus(serviceBus, retryOptions);
    },
  });
}
