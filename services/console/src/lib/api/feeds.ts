/** What the sources' screen asks of the public API: edges, sensors, what is wrong with them, dead letters. */
import { all, request, send } from './client';
import type { At, Page, Position } from './types';

/** An edge of the city: `/v1/sources`. */
export interface Source {
  id: string;
  kind: string;
  name: string;
  name_vi: string;
  address: string;
  state: 'connecting' | 'connected' | 'waiting' | 'failed' | 'off' | 'unknown';
  detail: string;
  detail_vi: string;
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
  /** Those that it ever sent. */
  reports: string[];
  name: string | null;
  name_vi: string | null;
  kind: string | null;
  measures: string | null;
  agency: string | null;
  position: Position | null;
  /** `edit`: somebody adopted it; null: nobody registered it. */
  origin: string | null;
  revision: number;
  first_at: At | null;
  last_at: At | null;
  readings: number;
}

/** What is said of a sensor that is adopted; null: as what it measures has it. */
export interface Adoption {
  name: string;
  name_vi: string;
  kind: string;
  observes: string[];
  measures: string | null;
  zone: string | null;
  agency: string | null;
  position: Position | null;
}

/** An asset that a sensor may measure. */
export interface Offer {
  id: string;
  name: string;
  name_vi: string;
  distance_m: number | null;
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
  reason_vi: string;
  field: string | null;
  at: At;
  text: string | null;
  value_size: number;
  replayed_at: At | null;
  left_out: number | null;
}

const letter = (id: string) => `/v1/dead-letters/${id.split('/').map(encodeURIComponent).join('/')}`;

const sensor = (id: string) => `/v1/sensors/${encodeURIComponent(id)}`;

export const feeds = {
  sources: () => all<Source>('/v1/sources'),
  sensors: () => all<Sensor>('/v1/sensors?limit=1000'),
  troubles: () => all<Trouble>('/v1/signals?state=active&kind=sensor.silent,sensor.stuck&limit=1000'),
  latest: async (id: string) => (await request<{ latest: Record<string, [number, number]> }>(`${sensor(id)}/readings?limit=1`)).latest,
  /** `near`: `lon,lat`, or empty. */
  offers: (id: string, near: string) => all<Offer>(`${sensor(id)}/offers${near && `?near=${near}`}`),
  adopt: (id: string, revision: number, said: Adoption) => send<Sensor>(`${sensor(id)}?revision=${revision}`, 'PUT', said),
  giveBack: (id: string, revision: number) => send<unknown>(`${sensor(id)}?revision=${revision}`, 'DELETE'),
  letters: (most: number) => request<Page<Letter>>(`/v1/dead-letters?limit=${most}`),
  letter: (id: string) => request<Letter>(letter(id)),
  /** `text`: instead of the original bytes. */
  replay: (id: string, text: string | null) =>
    request<void>(`${letter(id)}/replay`, text === null ? { method: 'POST' } : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) }),
};
