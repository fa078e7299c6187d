/** The cockpit variables of the simulated jtel system. Names are fictitious. */
export interface CockpitVariable {
  readonly id: number;
  readonly name: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly isReadOnly: boolean;
  value: number;
  modifiedAtMs: number;
}

const seededAtMs = Date.parse('2022-01-04T13:31:37.477Z');

const seeds: readonly CockpitVariable[] = [
  { id: 11, name: 'Emergency mode', min: 0, max: 1, isReadOnly: false, value: 0, modifiedAtMs: seededAtMs },
  { id: 12, name: 'Calls today', min: null, max: null, isReadOnly: true, value: 128, modifiedAtMs: seededAtMs },
  { id: 13, name: 'Announcement', min: 1, max: 9, isReadOnly: false, value: 3, modifiedAtMs: seededAtMs },
];

/** The documented results of setting a variable. */
export const setResults = { stored: 0, readOnly: 1, unknown: 2, unchanged: 3, outOfRange: 4 } as const;

export type SetResult = keyof typeof setResults;

/** Variables that supervisors see and set. */
export class CockpitVariables {
  #variables: CockpitVariable[] = seeds.map((seed) => ({ ...seed }));

  all(): readonly CockpitVariable[] {
    return this.#variables;
  }

  find(id: number): CockpitVariable | undefined {
    return this.#variables.find((variable) => variable.id === id);
  }

  set(id: number, value: number, atMs: number): SetResult {
    const variable = this.find(id);
    if (variable === undefined) return 'unknown';
    if (variable.isReadOnly) return 'readOnly';
    if (value < (variable.min ?? value) || value > (variable.max ?? value)) return 'outOfRange';
    if (value === variable.value) return 'unchanged';
    variable.value = value;
    variable.modifiedAtMs = atMs;
    return 'stored';
  }

  reset(): void {
    this.#variables = seeds.map((seed) => ({ ...seed }));
  }
}
