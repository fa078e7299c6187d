import type { FastifyInstance } from 'fastify';
import type { AcdSystem } from './acd-system.ts';
import { type CockpitVariable, type SetResult, setResults } from './cockpit-variables.ts';
import { type AcdRecord, AcdRefusal, fullList, shortList, variableResult } from './envelopes.ts';
import { requireField } from './fields.ts';
import { formatUtcTimestamp } from './local-time.ts';
import { queryInteger } from './read-request.ts';

type ById = { Params: { id: string } };

const errors: Readonly<Record<SetResult, string>> = {
  stored: '',
  readOnly: 'The variable is read-only',
  unknown: 'The variable does not exist or cannot be seen',
  unchanged: 'The variable has this value already',
  outOfRange: 'The value is out of range',
};

/** Cockpit variables: all, by id, and setting one. That `value` is a query parameter is an assumption. */
export function registerCockpitVariableRoutes(scope: FastifyInstance, { cockpitVariables, time }: AcdSystem): void {
  scope.get('/cockpitVariables', async () => {
    const byName = cockpitVariables.all().toSorted((a, b) => a.name.localeCompare(b.name));
    return fullList(byName.map(represent), 'Name');
  });
  scope.get<ById>('/cockpitVariables/cockpitVariable/:id(^\\d+$)', async (request) => {
    const variable = cockpitVariables.find(Number(request.params.id));
    if (variable === undefined) throw new AcdRefusal(404, 'Cockpit variable not found');
    return shortList([represent(variable)]);
  });
  scope.patch<ById>('/cockpitVariables/cockpitVariable/:id(^\\d+$)/setValue', async (request) => {
    const value = requireField(queryInteger(request, 'value'), 'value');
    const result = cockpitVariables.set(Number(request.params.id), value, time.now());
    return variableResult(setResults[result], errors[result]);
  });
}

function represent({ id, name, value, min, max, isReadOnly, modifiedAtMs }: CockpitVariable): AcdRecord {
  return {
    ID: id,
    Name: name,
    Value: value,
    nMin: min,
    nMax: max,
    bReadOnly: isReadOnly,
    dtLastModified: formatUtcTimestamp(modifiedAtMs),
  };
}
