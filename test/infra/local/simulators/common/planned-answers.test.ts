import { describe, expect, it } from 'vitest';
import {
  isOnlyDelayed,
  type PlannedAnswer,
  PlannedAnswers,
  plannedAnswerSchema,
} from '../../../../../infra/local/simulators/common/planned-answers.ts';

describe('PlannedAnswers', () => {
  it.each<[string, PlannedAnswer['match'], boolean]>([
    ['nothing said', undefined, true],
    ['the method, in any case', { method: 'post' }, true],
    ['another method', { method: 'GET' }, false],
    ['the exact path', { path: '/v1/tasks' }, true],
    ['a shorter path', { path: '/v1/task' }, false],
    ['a prefix', { path: '/v1/*' }, true],
    ['another prefix', { path: '/v2/*' }, false],
    ['method and path', { method: 'POST', path: '/v1/tasks' }, true],
    ['the path of another method', { method: 'PUT', path: '/v1/tasks' }, false],
  ])('matches by %s', (_name, match, expected) => {
    const answers = new PlannedAnswers();
    answers.add([{ status: 503, ...(match === undefined ? {} : { match }) }]);
    expect(answers.takeFor('POST', '/v1/tasks') !== undefined).toBe(expected);
  });

  it('uses answers up in the order they were added, each as often as it says', () => {
    const answers = new PlannedAnswers();
    answers.add([{ status: 500, times: 2 }, { status: 503 }]);
    const statuses = [1, 2, 3, 4].map(() => answers.takeFor('GET', '/')?.status);
    expect(statuses).toEqual([500, 500, 503, undefined]);
  });

  it('skips an answer that is for something else and keeps it', () => {
    const answers = new PlannedAnswers();
    answers.add([{ status: 500, match: { path: '/other' } }, { status: 503 }]);
    expect(answers.takeFor('GET', '/')?.status).toBe(503);
    expect(answers.takeFor('GET', '/other')?.status).toBe(500);
  });

  it('forgets what is waiting', () => {
    const answers = new PlannedAnswers();
    answers.add([{ status: 500 }]);
    answers.clear();
    expect(answers.takeFor('GET', '/')).toBeUndefined();
  });
});

describe('plannedAnswerSchema', () => {
  it.each([
    ['two ways to fail', { hang: true, reset: true }],
    ['a hanging answer with a status', { hang: true, status: 503 }],
    ['a reset with a body', { reset: true, body: 'x' }],
    ['a status that is none', { status: 99 }],
    ['zero times', { times: 0 }],
    ['a negative delay', { delayMs: -1 }],
    ['an unknown key', { stauts: 500 }],
  ])('refuses %s', (_name, answer) => {
    expect(plannedAnswerSchema.safeParse(answer).success).toBe(false);
  });
});

describe('isOnlyDelayed', () => {
  it.each<[PlannedAnswer, boolean]>([
    [{ delayMs: 5 }, true],
    [{ delayMs: 5, afterEffect: true }, true],
    [{ delayMs: 5, status: 503 }, false],
    [{ delayMs: 5, hang: true }, false],
    [{}, false],
  ])('%j: %s', (answer, expected) => expect(isOnlyDelayed(answer)).toBe(expected));
});
