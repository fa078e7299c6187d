import { describe, expect, it } from 'vitest';
import { acdSteps } from '../../../../../shared/destinations/acd/steps.ts';
import { PermanentError, TransientError } from '../../../../../shared/errors.ts';
import { failureOf, prepared, problemsOf, run } from '../../bound-step.ts';
import { acd, fullList, line, missing, shortList } from '../acd-under-test.ts';

const variable = { Name: 'Emergency', ID: 12, dtLastModified: '2022-01-04T13:31:37.477546Z' };
const answered = (result: unknown, more = {}) => ({ json: { error: 'SECRET', result, ...more } });

describe('List cockpit variables', () => {
  it('reads every record', async () => {
    const { net, client } = acd(fullList(variable));
    expect(await client.listCockpitVariables()).toEqual([variable]);
    expect(line(net.only())).toBe('GET /cockpitVariables');
  });
});

describe('Get cockpit variable', () => {
  it('reads the only record, or has none', async () => {
    const { net, client } = acd(shortList(variable), missing);
    expect([await client.getCockpitVariable(12), await client.getCockpitVariable(12)]).toEqual([variable, undefined]);
    expect(net.requests.map(line)).toEqual(Array(2).fill('GET /cockpitVariables/cockpitVariable/12'));
  });
});

describe('Set cockpit variable', () => {
  it.each([
    [answered(0), 'stored'],
    [answered('0', { status: 200 }), 'stored'],
    [answered(3), 'unchanged'],
  ])('is done after %j', async (answer, outcome) => {
    const { net, client } = acd(answer);
    expect(await client.setCockpitVariable(12, -3)).toBe(outcome);
    expect(line(net.only())).toBe('PATCH /cockpitVariables/cockpitVariable/12/setValue?value=-3');
    expect(net.only().body).toBeUndefined();
  });

  it.each([
    [answered(1), 'it is read-only'],
    [answered(2), 'it is unknown, or not visible for the cockpit'],
    [answered(4), 'the value is beyond its limits'],
    [answered(5), 'its answer has no known result'],
    [answered(null), 'its answer has no known result'],
    [{ json: { status: 200 } }, 'its answer has no known result'],
    [{}, 'its answer has no known result'],
  ])('fails for good after %j', async (answer, reason) => {
    const failure = await failureOf(acd(answer).client.setCockpitVariable(12, 1));
    expect(failure).toBeInstanceOf(PermanentError);
    expect(failure.message).toBe(`jtel ACD did not set the cockpit variable: ${reason}`);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])('sends nothing for %d', async (value) => {
    const { net, client } = acd();
    expect(await failureOf(client.setCockpitVariable(12, value))).toBeInstanceOf(PermanentError);
    expect(net.requests).toEqual([]);
  });
});

describe('acd.setCockpitVariable', () => {
  const setCockpitVariable = acdSteps['acd.setCockpitVariable'];

  it('takes the variable by id or by name', async () => {
    const { net, client } = acd(answered(0), fullList({ ID: 1, Name: 'Emergency 2' }, variable), answered(3));
    expect(await run(setCockpitVariable, client, { variable: 12, value: 0 })).toEqual({
      variableId: 12,
      outcome: 'stored',
    });
    expect(await run(setCockpitVariable, client, { variable: 'Emergency', value: 0 })).toEqual({
      variableId: 12,
      outcome: 'unchanged',
    });
    expect(net.requests.map(({ method }) => method)).toEqual(['PATCH', 'GET', 'PATCH']);
  });

  it('sets nothing when there is no such variable', async () => {
    const { net, client } = acd(fullList(variable));
    const failure = await failureOf(run(setCockpitVariable, client, { variable: 'Emergenc', value: 0 }));
    expect(failure.message).toBe('jtel ACD has no cockpit variable of exactly this name; similar are "Emergency"');
    expect(net.only().method).toBe('GET');
  });

  it('can be repeated', async () => {
    expect(prepared(setCockpitVariable, acd().client, { variable: 12, value: 0 }).repeatable).toBe(true);
    expect(
      await failureOf(run(setCockpitVariable, acd({ status: 503 }).client, { variable: 12, value: 0 })),
    ).toBeInstanceOf(TransientError);
  });

  it('takes whole numbers only', () => {
    expect(problemsOf(setCockpitVariable, acd().client, { variable: 12, value: 1.5 })).toEqual([
      expect.stringContaining('value: Invalid input'),
    ]);
  });
});
