import { PermanentError } from '../../../errors.ts';
import { bodyFor, type NimbusConnection, removed, segment } from '../connection.ts';
import { type ExternalTask, type ExternalTaskBody, externalTaskBody, externalTaskSchema } from './schemas.ts';

/** Tasks that other systems put into the queue of a Nimbus service. */
export interface ExternalTaskOperations {
  addExternalTask(task: ExternalTaskBody): Promise<ExternalTask>;
  /** @returns false when there is none. @throws PermanentError when a user has it already */
  removeExternalTask(externalTaskId: string): Promise<boolean>;
}

export function externalTaskOperations({ send, read }: NimbusConnection): ExternalTaskOperations {
  return {
    addExternalTask(task) {
      const operation = 'add external task';
      const body = bodyFor(externalTaskBody, task, operation);
      return read({ method: 'POST', path: '/v1/ExternalTasks', body, operation }, externalTaskSchema);
    },
    async removeExternalTask(externalTaskId) {
      const operation = 'remove external task';
      try {
        return await removed(
          send({ method: 'DELETE', path: `/v1/ExternalTasks/${segment(externalTaskId)}`, operation }),
        );
      } catch (error) {
        // Microsoft's reference page of the connector gives 400 just this reason.
        if (!(error instanceof PermanentError) || error.httpStatus !== 400) throw error;
        throw new PermanentError(`${error.message}: only before it is assigned to a user can a task be removed`, {
          cause: error,
          httpStatus: 400,
        });
      }
    },
  };
}
