import { describe, expect, it } from 'vitest';
import { hostRetryPolicy, readRetryOptions } from '../../../../infra/local/host/retry-policy.ts';

const noProblem = (problem: string): never => {
  throw new Error(problem);
};

describe('readRetryOptions', () => {
  it('reads a fixed delay', () => {
    const options = { retryStrategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { seconds: 3 } };
    const policy = readRetryOptions(options, noProblem);
    expect(policy?.maxRetryCount).toBe(-1);
    expect([1, 2, 9].map((retry) => policy?.delayMs(retry, Math.random))).toEqual([3000, 3000, 3000]);
  });

  it('doubles from the minimum up to the maximum', () => {
    const options = {
      retryStrategy: 'exponentialBackoff',
      maxRetryCount: 5,
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 6 },
    };
    const policy = readRetryOptions(options, noProblem);
    expect([1, 2, 3, 4, 5].map((retry) => policy?.delayMs(retry, () => 0.5))).toEqual([1000, 2000, 4000, 6000, 6000]);
    expect(policy?.delayMs(2, () => 0)).toBe(1800);
  });

  it('reports options it cannot use', () => {
    const problems: string[] = [];
    expect(
      readRetryOptions({ retryStrategy: 'other', maxRetryCount: 1 }, (problem) => problems.push(problem)),
    ).toBeUndefined();
    expect(problems).toHaveLength(1);
  });
});

it('makes a policy of host.json', () => {
  const policy = hostRetryPolicy({ strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 1500 });
  expect([policy.maxRetryCount, policy.delayMs(1, Math.random)]).toEqual([2, 1500]);
});
