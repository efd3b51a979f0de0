/** The duty roster, as the public API tells of it. */
import { all, request, send } from './client';
import type { At } from './types';

export interface Turn {
  name: string;
  agency: string | null;
  email: string;
  phone: string;
  language: string;
  level: number;
  starts_at: At;
  ends_at: At;
  /** RFC 5545, by the city's clock; empty: once. */
  repeats: string;
}

export interface Duty extends Turn {
  id: string;
  revision: number;
}

export interface Shift {
  duty: string;
  name: string;
  level: number;
  email: string;
  phone: string;
  from: At;
  to: At;
}

export interface Watch {
  agency: string | null;
  now: Shift[];
  coming: Shift[];
  gaps: { from: At; to: At }[];
}

const one = ({ id, revision }: Duty) => `/v1/duty/${encodeURIComponent(id)}?revision=${revision}`;

export const duty = {
  roster: () => all<Duty>('/v1/duty'),
  now: (hours: number) => request<{ from: At; watches: Watch[]; unreachable: string[] }>(`/v1/duty/now?hours=${hours}`),
  add: (turn: Turn) => send<Duty>('/v1/duty', 'POST', turn),
  change: (before: Duty, turn: Turn) => send<Duty>(one(before), 'PUT', turn),
  end: (turn: Duty) => send<void>(one(turn), 'DELETE'),
};
