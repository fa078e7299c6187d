/** What a check gives for a part that answers, but from which nothing comes any more. */
export const SILENT = 'silent';

export type PartState = 'answers' | typeof SILENT | 'does not answer';

/** Whether each part answers. */
export interface HealthReport {
  readonly healthy: boolean;
  readonly parts: Readonly<Record<string, PartState>>;
}

/** Asks all parts at once; a check that rejects means that the part does not answer. */
export async function checkHealth(checks: Readonly<Record<string, () => Promise<unknown>>>): Promise<HealthReport> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const state = await check().then(
        (answer): PartState => (answer === SILENT ? SILENT : 'answers'),
        (): PartState => 'does not answer',
      );
      return [name, state] as const;
    }),
  );
  return { healthy: parts.every(([, state]) => state === 'answers'), parts: Object.fromEntries(parts) };
}
