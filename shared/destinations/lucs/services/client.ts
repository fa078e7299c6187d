import type { LucsConnection } from '../connection.ts';
import { filledPath, type LucsPaths } from '../paths.ts';
import { type LucsService, type LucsUser, lucsServiceSchema, lucsUserSchema } from './schemas.ts';

/** Services, which tasks and callbacks are made for, and the agents behind them. */
export interface ServiceOperations {
  getServices(): Promise<readonly LucsService[]>;
  /** @param serviceId as {@link getServices} gives it */
  getServiceUsers(serviceId: string): Promise<readonly LucsUser[]>;
}

export function serviceOperations({ list }: LucsConnection, paths: LucsPaths): ServiceOperations {
  return {
    getServices: () =>
      list(
        { method: 'GET', path: '/v1.0/services', operation: 'get services' },
        lucsServiceSchema,
        'a list of services',
      ),
    async getServiceUsers(serviceId) {
      const path = filledPath(paths.getServiceUsers, serviceId);
      return list({ method: 'GET', path, operation: 'get service users' }, lucsUserSchema, 'a list of users');
    },
  };
}
