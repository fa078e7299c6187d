import { onTestFinished } from 'vitest';

/** Has `process.platform` say another one until the test is over. What was read from it before stays as it is. */
export function pretendPlatform(name: NodeJS.Platform): void {
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: name });
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', { value: platform });
  });
}
