import type { NimbusConnection } from '../connection.ts';

export interface DiagnosticOperations {
  /** Resolves when the signed-in user may use the API. @throws TransientError when not (now) */
  testConnection(): Promise<void>;
}

export function diagnosticOperations({ send }: NimbusConnection): DiagnosticOperations {
  return {
    async testConnection() {
      await send({ method: 'GET', path: '/v1/diagnostics/testconnection', operation: 'test connection' });
    },
  };
}
