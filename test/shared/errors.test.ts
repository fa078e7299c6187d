import { describe, expect, it } from 'vitest';
import { ConfigurationError, PermanentError, TransientError } from '../../shared/errors.ts';

describe('an error', () => {
  it('that is permanent keeps the status and the cause', () => {
    const cause = new Error('refused');
    const error = new PermanentError('the call was refused', { httpStatus: 409, cause });
    expect(error).toMatchObject({ name: 'PermanentError', message: 'the call was refused', httpStatus: 409, cause });
    expect(new PermanentError('no status').httpStatus).toBeUndefined();
  });

  it('that is transient keeps when to try again', () => {
    const error = new TransientError('busy', { httpStatus: 429, retryAfterMs: 3_000 });
    expect(error).toMatchObject({ name: 'TransientError', httpStatus: 429, retryAfterMs: 3_000 });
    expect(new TransientError('gone')).toMatchObject({ httpStatus: undefined, retryAfterMs: undefined });
  });

  it('of the configuration lists every problem on a line of its own', () => {
    const error = new ConfigurationError('routes.yaml', ['line 3: no id', 'line 9: no such step']);
    expect(error.name).toBe('ConfigurationError');
    expect(error.message).toBe('routes.yaml:\n  - line 3: no id\n  - line 9: no such step');
    expect(error.problems).toEqual(['line 3: no id', 'line 9: no such step']);
  });

  it('can be told from the others', () => {
    expect(new TransientError('x')).not.toBeInstanceOf(PermanentError);
    expect(new PermanentError('x')).not.toBeInstanceOf(TransientError);
    expect(new ConfigurationError('x', [])).toBeInstanceOf(Error);
  });
});
