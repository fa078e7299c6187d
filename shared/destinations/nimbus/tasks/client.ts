import { PermanentError } from '../../../errors.ts';
import { bodyFor, isNotFound, type NimbusConnection, segment } from '../connection.ts';
import { type TaskInformationBody, taskInformationBody } from './schemas.ts';

/** Tasks that run. */
export interface TaskOperations {
  /** Changes what is given and nothing else. @throws PermanentError when Nimbus has no such task (any more) */
  updateTask(taskId: string, information: TaskInformationBody): Promise<void>;
}

export function taskOperations({ send }: NimbusConnection): TaskOperations {
  return {
    async updateTask(taskId, information) {
      const operation = 'update task';
      const body = bodyFor(taskInformationBody, information, operation);
      try {
        await send({ method: 'PUT', path: `/v1/tasks/${segment(taskId)}`, body, operation });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        throw new PermanentError('Nimbus answered 404 to "update task": the task has ended or is unknown', {
          cause: error,
          httpStatus: 404,
        });
      }
    },
  };
}
