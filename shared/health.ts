/** Whether each part answers. */
export interface HealthReport {
  readonly healthy: boolean;
  readonly parts: Readonly<Record<string, 'answers' | 'does not answer'>>;
}

/** Asks all parts at once; a check that rejects means that the part does not answer. */
export async function checkHealth(checks: Readonly<Record<string, () => Promise<unknown>>>): Promise<HealthReport> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const answers = await check().then(
        () => true,
        () => false,
      );
      return [name, answers ? 'answers' : 'does not answer'] as const;
    }),
  );
  return { healthy: parts.every(([, state]) => state === 'answers'), parts: Object.fromEntries(parts) };
}
