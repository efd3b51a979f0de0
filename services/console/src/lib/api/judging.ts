/** Rules, conditions and limits, and the edits of them. */
import { all, send } from './client';
import type { At } from './types';

export const SHELVES = ['rules', 'conditions', 'limits'] as const;
export type Shelf = (typeof SHELVES)[number];

/** A rule, condition or row of a limit as the API takes it; its form (`forms.ts`) says what is in it. */
export type Body = Record<string, unknown>;

/** One that is in force, with where it comes from. */
export type Row = Body & { id: string; origin: 'shipped' | 'city' | 'edit'; revision: number };

/** An edit in force beside what lies under it. */
export interface Edit {
  name: string;
  id: string;
  changed_by: string;
  changed_at: At;
  origin: string | null;
  body: Body | null;
  below: Body | null;
}

const at = (shelf: Shelf, id: string) => `/v1/${shelf}/${id.split('/').map(encodeURIComponent).join('/')}`;

export const judging = {
  rows: (shelf: Shelf) => all<Row>(`/v1/${shelf}`),
  edits: () => all<Edit>('/v1/edits'),
  save: (shelf: Shelf, id: string, body: Body, revision: number) => send<Row>(`${at(shelf, id)}?revision=${revision}`, 'PUT', body),
  takeBack: (shelf: Shelf, id: string, revision: number) => send<unknown>(`${at(shelf, id)}?revision=${revision}`, 'DELETE'),
};
