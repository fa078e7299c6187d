import type { Language } from './read-request.ts';

/** The campaigns of the simulated jtel system. Names are fictitious. */

/** What a result does to its contact. */
export type ResultKind = 'done' | 'aborted' | 'delay' | 'appointment';

export interface ResultCode {
  readonly id: number;
  /** The same in every campaign that was made from the same template, unlike the id. */
  readonly exportKey: string;
  readonly kind: ResultKind;
  readonly content: Readonly<Record<Language, string>>;
}

export interface Campaign {
  readonly id: number;
  readonly name: string;
  readonly languagesId: 1 | 2;
  /** Assumed to be seconds. */
  readonly contactPreviewTime: number;
  readonly maxParallelLines: number | null;
  readonly userData: string | null;
  readonly resultCodes: readonly ResultCode[];
}

/** The code of a contact without a number, and of one that called in before it was dialled. */
export const noNumberKey = 'NO_NUMBER';
export const calledInKey = 'CALLED_IN';

const resultCodes: readonly Omit<ResultCode, 'id'>[] = [
  { exportKey: noNumberKey, kind: 'aborted', content: { english: 'No telephone number', german: 'Keine Rufnummer' } },
  { exportKey: 'RENEWED', kind: 'done', content: { english: 'Renewed', german: 'Verlängert' } },
  { exportKey: calledInKey, kind: 'done', content: { english: 'Called in', german: 'Hat selbst angerufen' } },
  {
    exportKey: 'DELAY_120',
    kind: 'delay',
    content: { english: 'Try again in 2 hours', german: 'In 2 Stunden erneut' },
  },
  {
    exportKey: 'APPOINTMENT',
    kind: 'appointment',
    content: { english: 'Appointment agreed', german: 'Termin vereinbart' },
  },
];

export const diallerCampaigns: readonly Campaign[] = [
  {
    id: 538,
    name: 'Renewals Q1',
    languagesId: 2,
    contactPreviewTime: 5,
    maxParallelLines: null,
    userData: null,
    resultCodes: numbered(3_101),
  },
  {
    id: 539,
    name: 'Renewals Q2',
    languagesId: 1,
    contactPreviewTime: 10,
    maxParallelLines: 4,
    userData: null,
    resultCodes: numbered(3_121),
  },
];

function numbered(firstId: number): ResultCode[] {
  return resultCodes.map((code, index) => ({ ...code, id: firstId + index }));
}
