import { describe, expect, it } from 'vitest';
import { checkHealth, SILENT } from '../../shared/health.ts';

describe('checkHealth', () => {
  it('is healthy when every part answers, whatever it answers', async () => {
    expect(await checkHealth({ bus: async () => undefined, table: async () => false })).toEqual({
      healthy: true,
      parts: { bus: 'answers', table: 'answers' },
    });
  });

  it('names the part that does not answer, and tells nothing else about it', async () => {
    const report = await checkHealth({ bus: async () => 1, table: () => Promise.reject(new Error('secret endpoint')) });
    expect(report).toEqual({ healthy: false, parts: { bus: 'answers', table: 'does not answer' } });
  });

  it('is unhealthy when a part answers but has fallen silent', async () => {
    const report = await checkHealth({ bus: async () => undefined, nimbus: async () => SILENT });
    expect(report).toEqual({ healthy: false, parts: { bus: 'answers', nimbus: 'silent' } });
  });

  it('asks all parts at once', async () => {
    const waiting: (() => void)[] = [];
    const check = () => new Promise<void>((resolve) => waiting.push(resolve));
    const report = checkHealth({ bus: check, table: check });
    expect(waiting).toHaveLength(2);
    for (const answer of waiting) answer();
    expect((await report).healthy).toBe(true);
  });
});
