/** Users and service numbers of the simulated jtel system. People and numbers are fictitious. */

export interface AcdUser {
  readonly id: number;
  readonly uid: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** Groups that the user works in as an agent. */
  readonly groupIds: readonly number[];
}

export const acdUsers: readonly AcdUser[] = [
  user(118, 'm.keller', 'Mona', 'Keller', [41, 45, 61]),
  user(119, 'j.osei', 'Jon', 'Osei', [42, 45, 47]),
];

export interface AcdServiceNumber {
  readonly id: number;
  /** E.164 without plus. */
  readonly number: string;
  readonly name: string;
}

export const acdServiceNumbers: readonly AcdServiceNumber[] = [
  { id: 31, number: '493023125900', name: 'Sales' },
  { id: 32, number: '493023125901', name: 'Customer service' },
];

/** When the seeded rows were last changed, in milliseconds since the epoch. */
export const seededAtMs = Date.parse('2024-01-15T08:30:00.484Z');

function user(id: number, uid: string, firstName: string, lastName: string, groupIds: readonly number[]): AcdUser {
  return { id, uid, firstName, lastName, email: `${uid}@corp.example`, groupIds };
}
