/** What the sources' screen asks of the public API: edges, sensors, what is wrong with them, dead letters. */
import { all, request } from './client';
import type { At, Page } from './types';

/** An edge of the city: `/v1/sources`. */
export interface Source {
  id: string;
  kind: string;
  name: string;
  name_vi: string;
  address: string;
  state: 'connecting' | 'connected' | 'waiting' | 'failed' | 'off' | 'unknown';
  detail: string;
  since: At | null;
  last_at: At | null;
  received: number;
  accepted: number;
  rejected: number;
  duplicates: number;
}

export interface Sensor {
  id: string;
  registered: boolean;
  zone: string;
  quantities: string[];
  name: string | null;
  name_vi: string | null;
  measures: string | null;
  last_at: At | null;
  readings: number;
}

/** A signal that a sensor is silent, stuck or does not measure. */
export interface Trouble {
  asset: string;
  kind: string;
  raised_at: At;
  incident: string | null;
}

export interface Letter {
  id: string;
  topic: string;
  stage: string;
  reason: string;
  field: string | null;
  at: At;
  text: string | null;
  value_size: number;
  replayed_at: At | null;
}

const letter = (id: string) => `/v1/dead-letters/${id.split('/').map(encodeURIComponent).join('/')}`;

export const feeds = {
  sources: () => all<Source>('/v1/sources'),
  sensors: () => all<Sensor>('/v1/sensors?limit=1000'),
  troubles: () => all<Trouble>('/v1/signals?state=active&kind=sensor.silent,sensor.stuck&limit=1000'),
  letters: () => request<Page<Letter>>('/v1/dead-letters?limit=100'),
  letter: (id: string) => request<Letter>(letter(id)),
  /** `text`: instead of the original bytes. */
  replay: (id: string, text: string | null) =>
    request<void>(`${letter(id)}/replay`, text === null ? { method: 'POST' } : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) }),
};
