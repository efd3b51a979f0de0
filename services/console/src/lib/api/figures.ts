/** What the screens of figures ask of the public API: days, parks, areas. */
import { all, request } from './client';
import type { At, Position } from './types';

interface Named {
  name: string;
  name_vi: string;
}

export interface CityValue {
  value: number | null;
  unit: string;
  coverage: number;
  parks: number;
}

/** `/v1/indicators/day`. */
export interface Day {
  day: string;
  opened: number;
  opened_by_severity: Record<string, number>;
  opened_by_domain: Record<string, number>;
  resolved: number;
  standing: number;
  readings: number;
  sensors: number;
  sensors_known: number;
  dead_letters: number;
  parks: Record<string, CityValue>;
}

/** What an indicator is. */
export interface Formula extends Named {
  id: string;
  version: number;
  unit: string;
  says: string;
  says_vi: string;
  better: 'low' | 'high' | null;
}

export interface Note {
  note: string;
  text: string;
  text_vi: string;
}

/** An indicator of an asset in one hour, day, month or year. */
export interface IndicatorValue {
  asset: string;
  indicator: string;
  version: number;
  step: string;
  at: At;
  value: number | null;
  numerator: number | null;
  denominator: number | null;
  coverage: number;
  low: number | null;
  high: number | null;
  notes: Note[];
  computed_at: At;
}

export interface Park extends Named {
  id: string;
  kind: string;
  position: Position | null;
  owner: string | null;
  hectares: number | null;
  leased_hectares: number | null;
  district: string | null;
  ward: string;
  plants: string[];
  outfalls: string[];
  stacks: string[];
  feeders: string[];
  solar: boolean;
  exchanges: [string, string][];
  meters: Record<string, string[]>;
}

/** A place in a ranking, or why there is none. */
export interface Rank {
  asset: string;
  size: 'small' | 'medium' | 'large' | null;
  rank: number | null;
  of: number | null;
  percentile: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
  change: number | null;
  not_ranked: Note | null;
}

export interface Ranking {
  indicator: Formula;
  step: string;
  at: At;
  threshold: number;
  notes: Note[];
  items: Rank[];
}

/** A criterion of an eco-industrial park and what there is for it. */
export interface Finding {
  id: string;
  text: string;
  text_vi: string;
  legal_ref: string;
  state: string;
  documents: string[];
  measured: string[];
}

export interface Area extends Named {
  id: string;
  zones: string[];
  valid_from: string | null;
  valid_to: string | null;
  agency: string | null;
  neighbour: boolean;
  live_incidents: number;
}

/** A basin or corridor that crosses a border. */
export interface SharedWhole extends Named {
  form: 'basin' | 'corridor';
  crossings: [string, string][];
  sides: string[];
  agencies: string[];
  assets: string[];
}

export type Step = 'hour' | 'day' | 'month' | 'year';

export const figures = {
  day: (day: string) => request<Day>(`/v1/indicators/day${day && `?day=${day}`}`),
  formulas: () => all<Formula>('/v1/indicators/formulas'),
  values: (asked: Record<string, string>) => all<IndicatorValue>(`/v1/indicators/values?${new URLSearchParams(asked)}`),
  park: (id: string) => request<Park>(`/v1/parks/${encodeURIComponent(id)}`),
  ranking: (indicator: string, step: Step, at: string) => request<Ranking>(`/v1/parks/ranking?${new URLSearchParams({ indicator, step, at })}`),
  criteria: (park: string, year: number) => all<Finding>(`/v1/parks/${encodeURIComponent(park)}/criteria?year=${year}`),
  report: (park: string, year: number, format: 'csv' | 'html') => `/v1/parks/${encodeURIComponent(park)}/report?year=${year}&format=${format}`,
  areas: () => all<Area>('/v1/areas'),
  shared: () => all<SharedWhole>('/v1/areas/shared'),
};
