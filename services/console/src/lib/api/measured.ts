/** What the indicators' screen asks of the public API: air, rivers, limits, desks, the room. */
import { all, request } from './client';
import type { At, Minute, Page, Position } from './types';

/** A level of an index: its words and the colour of the decision. */
export interface Level {
  code: number;
  name: string;
  name_vi: string;
  colour: string;
  colour_vi: string | null;
  effect: string;
  effect_vi: string;
}

export interface AirIndex {
  value: number | null;
  level: Level | null;
  main: string | null;
  parts: Record<string, number>;
  reason: string | null;
}

interface Station {
  station: string;
  name: string;
  name_vi: string;
  position: Position | null;
  sources: string[];
}

export interface AirStation extends Station {
  hour: AirIndex;
  day: AirIndex;
  means_ugm3: Record<string, number>;
}

export interface Air {
  method: string;
  method_vi: string;
  hour_end: At;
  day: string;
  levels: Level[];
  stations: AirStation[];
}

/** One road in one direction, over the last minutes. */
export interface Corridor {
  name: string;
  name_vi: string;
  sensors: string[];
  segments: number;
  heard: number;
  length_m: number;
  coverage: number;
  speed_kmh: number | null;
  free_kmh: number | null;
  travel_time_s: number | null;
  ratio: number | null;
  level: Level | null;
}

export interface Traffic {
  method: string;
  method_vi: string;
  since: At;
  until: At;
  levels: Level[];
  corridors: Corridor[];
}

export interface RiverStation extends Station {
  means: Record<string, number>;
  classes: Record<string, string>;
  river_class: string | null;
  index: { value: number | null; level: Level | null; parts: Record<string, number>; doubts: string[] };
}

export interface Rivers {
  method: string;
  method_vi: string;
  until: At;
  legal_ref: string;
  levels: Level[];
  stations: RiverStation[];
}

export interface Limit {
  id: string;
  key: string;
  value: number;
  unit: string;
  averaging_s: number;
  asset: string | null;
  valid_from: string;
  valid_to: string | null;
  legal_ref: string;
  status: string;
}

/** Which limit judges which quantity. */
export interface Judged {
  conditions: { quantity: string; limit: string | null; name: string; name_vi: string }[];
}

interface Measure {
  value: number;
  limit: number;
  met: boolean;
}

export interface DeskLoad {
  opened: number;
  average_per_10_min: Measure;
  peak_per_10_min: Measure;
  flood_percent: Measure;
  standing: number;
  stale: Measure;
  chattering: Measure;
  floods: { since: At; until: At | null; opened: number }[];
  stale_incidents: string[];
  chatters: { kind: string; asset: string | null; calls: number }[];
  priorities: Record<string, { calls: number; percent: number; recommended_percent: number }>;
}

export interface Desks {
  since: At;
  until: At;
  desks: { agency: string | null; load: DeskLoad }[];
}

interface Times {
  count: number;
  median_s: number | null;
  most_s: number | null;
}

export interface RoomFigure {
  by: 'all' | 'kind' | 'agency' | 'shift';
  key: string;
  incidents: number;
  acknowledge: Times;
  resolve: Times;
}

export interface RoomMonth {
  month: string;
  shifts: string[];
  figures: RoomFigure[];
}

/** `/v1/indicators`: the city and the center now. */
export interface Now {
  live_incidents: number;
  by_severity: Record<string, number>;
  sensors: number;
  unregistered_sensors: number;
  dead_letters_last_day: number;
  hours_to_work_out: number;
}

export const measured = {
  now: () => request<Now>('/v1/indicators'),
  air: () => request<Air>('/v1/indicators/air'),
  traffic: () => request<Traffic>('/v1/indicators/traffic'),
  rivers: () => request<Rivers>('/v1/indicators/rivers'),
  limits: () => all<Limit>('/v1/limits'),
  judged: () => all<Judged>('/v1/domains'),
  desks: (since: string, until: string) => request<Desks>(`/v1/indicators/desk-load?${new URLSearchParams({ since, until })}`),
  room: (month: string) => request<RoomMonth>(`/v1/indicators/room?month=${month}`),
  roomTable: (month: string) => `/v1/indicators/room?month=${month}&format=csv`,
  hours: (sensor: string, quantity: string, from: string) =>
    request<Page<Minute>>(`/v1/sensors/${encodeURIComponent(sensor)}/readings?${new URLSearchParams({ quantity, from, step: 'hour', limit: '1000' })}`),
};
