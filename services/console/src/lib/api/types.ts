/** What crosses the API, as schemas/incidents.py, signals.py, links.py and assets.py declare it. */

import type { Geometry } from 'geojson';

export const SEVERITIES = ['critical', 'major', 'minor', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const STATES = ['open', 'acknowledged', 'in_progress', 'resolved', 'closed', 'merged'] as const;
export type State = (typeof STATES)[number];

/** RFC 3339 UTC. */
export type At = string;
/** lon, lat in WGS 84. */
export type Position = [number, number];

export interface Candidate {
  incident: string | null;
  signal: string;
  rule: string;
  score: number;
  reason: string;
  why: string;
  why_vi: string;
}

/** For one agency its part, for the center (null) the whole. */
export interface Acknowledgement {
  agency: string | null;
  by: string;
  at: At;
}

export interface Override {
  severity: Severity;
  judged: Severity;
  by: string;
  at: At;
  reason: string;
}

export interface Shelved {
  by: string;
  at: At;
  until: At;
  reason: string;
}

/** A merge, split or detach by a person that can be undone. */
export interface Overrule {
  id: string;
  command: 'merge' | 'split' | 'detach';
  by: string;
  at: At;
  note: string | null;
}

/** Until when people should have acted; `level` counts how often that was escalated since. */
export interface Due {
  at: At;
  level: number;
}

export interface Suppressed {
  by: string[];
  until: At;
  why: string;
  why_vi: string;
}

export interface Incident {
  id: string;
  version: number;
  state: State;
  severity: Severity;
  title: string;
  title_vi: string;
  kind: string;
  domain: string;
  area: string | null;
  zones: string[];
  agencies: string[];
  position: Position | null;
  signal_count: number;
  active_count: number;
  root_signal: string | null;
  root_asset: string | null;
  suspected: boolean;
  opened_at: At;
  updated_at: At;
  resolved_at: At | null;
  merged_into: string | null;
  follows: string | null;
  assignee: string | null;
  acknowledged_by: string | null;
  settled_at: At | null;
  candidates: Candidate[];
  suppressed: Suppressed | null;
  suppressed_count: number;
  flapping: boolean;
  acknowledgements: Acknowledgement[];
  override: Override | null;
  shelved: Shelved | null;
  acknowledge_due: Due | null;
  resolve_due: Due | null;
  steps: number;
  steps_done: number;
  overrules: Overrule[];
}

export interface Change {
  incident_id: string;
  version: number;
  previous_version: number;
  kind: string;
  at: At;
  by: string;
  incident: Incident;
  added: string[];
  removed: string[];
  merged_from: string[];
  note: string | null;
  command: string | null;
  attachment: string | null;
  oldest_sent_ms: number | null;
}

export interface Signal {
  id: string;
  kind: string;
  asset: string;
  state: 'active' | 'cleared';
  severity: Severity;
  raised_at: At;
  cleared_at: At | null;
  value: number | null;
  unit: string | null;
  limit: number | null;
  limit_ref: string | null;
  measures: string | null;
  position: Position | null;
  zone: string;
  agency: string | null;
  domain: string;
  condition: string | null;
  origin: string;
  note: string | null;
}

export interface Link {
  kind: 'same' | 'cause' | 'pattern' | 'manual';
  rule: string;
  cause: string;
  effect: string;
  path: string[];
  relations: string[];
  distance_m: number | null;
  delay_s: number | null;
  score: number;
  conditions: string[];
  reason: string;
  why: string;
  why_vi: string;
}

/** One signal of an incident and the link that brought it in. */
export interface Member {
  signal: Signal;
  group: string;
  because: Link | null;
  why: string;
  why_vi: string;
}

export interface Why {
  incident: string;
  members: Member[];
  candidates: Link[];
  text: string[];
  text_vi: string[];
}

export interface Step {
  key: string;
  text: string;
  text_vi: string;
  agency: string | null;
  role: string | null;
  due_at: At | null;
  link: string | null;
  done: { by: string; at: At; note: string | null } | null;
}

export interface Sheet {
  id: string;
  title: string;
  title_vi: string;
  steps: Step[];
}

export interface Checklist {
  version: number;
  sheets: Sheet[];
}

/** What silences and works have in common. */
interface Window {
  id: string;
  state: 'pending' | 'active' | 'expired';
  from: At;
  to: At;
  owner: string;
  reason: string;
  agency: string | null;
  ending: boolean;
  suppressing: number;
  suppressed: number;
}

/** Every field that is given must hold; of a list any. */
export type Match = Partial<Record<'kind' | 'domain' | 'asset' | 'severity' | 'agency' | 'zone' | 'area', string[]>>;

export interface Silence extends Window {
  match: Match;
}

export interface Works extends Window {
  kind: string;
  assets: string[];
  expected_effects: string[];
}

export interface SilenceWish {
  match: Match;
  to: At;
  reason: string;
}

export interface WorksWish {
  kind: string;
  assets: string[];
  expected_effects: string[];
  from: At;
  to: At;
  reason: string;
}

export interface Preview {
  signals: number;
  incidents: { id: string; title: string; title_vi: string; severity: Severity; whole: boolean }[];
}

/** A live incident as it was handed over. */
export interface OpenWork {
  id: string;
  title: string;
  title_vi: string;
  severity: Severity;
  state: State;
  opened_at: At;
  assignee: string | null;
  shelved: Shelved | null;
  steps: number;
  steps_done: number;
  next_steps: Pick<Step, 'key' | 'text' | 'text_vi' | 'agency' | 'role' | 'due_at'>[];
}

export interface HandoverHead {
  id: number;
  agency: string | null;
  by: string;
  at: At;
  notes: string;
  accepted_by: string | null;
  accepted_at: At | null;
}

export interface Handover extends HandoverHead {
  accepted_note: string | null;
  snapshot: { open: OpenWork[]; shelved: OpenWork[]; silences: { id: string; reason: string; owner: string; ends_at: At }[]; works: { id: string; reason: string; owner: string; ends_at: At }[] };
}

export interface Asset {
  id: string;
  kind: string;
  name: string;
  name_vi: string;
  zone: string;
  position: Position | null;
  observes: string[];
  measures: string | null;
  approximate: boolean;
  geometry: Geometry | null;
  /** What the city's folder says beside it: a camera's `url`, a reach's `flow_m3s`. */
  properties: Record<string, unknown>;
}

/** One version of an incident on its way to one webhook endpoint. */
export interface Told {
  endpoint: string;
  description: string;
  version: number;
  state: string;
  attempts: number;
  created_at: At;
  tried_at: At | null;
}

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface Stage {
  now_ms: number;
  at_ms: number;
  behind_ms: number;
}

/** Who is signed in; nobody is null. */
export interface Person {
  name: string | null;
  roles: string[];
  /** Sees and handles what names this agency only; null: the whole city. */
  agency: string | null;
}

interface Named {
  name: string;
  name_vi: string;
}

export interface Quantity extends Named {
  /** In the letters of SenML. */
  unit: string;
}

/** One kind of feed, with the words for its kinds of signal and its quantities. */
export interface Domain extends Named {
  id: string;
  kinds: Record<string, Named>;
  quantities: Record<string, Quantity>;
}

/** What one quantity of a sensor did in one minute. */
export interface Minute {
  quantity: string;
  at: At;
  mean: number;
  min: number;
  max: number;
  last: number;
}

export interface City {
  id: string;
  name: string;
  name_vi: string;
  time_zone: string;
  /** `live`, or `events`: a city of recordings, whose time is that of the recording. */
  clock: string;
  /** `topic`: it has one of its own in Kafka. */
  agencies: { id: string; name: string; name_vi: string; topic: boolean }[];
  map: { center?: Position; zoom?: number };
  /** Name of the exercise that the center plays; null: it is real. */
  exercise: string | null;
  /** Where the operator's own tiles of the ground are to be had. */
  base_tiles: string | null;
}

/** `[ms, value]` by `<sensor>/<quantity>`. */
export type Values = Record<string, [number, number]>;

export type Frame =
  | { frame: 'snapshot'; number: number; incidents: Incident[]; cut: boolean }
  | { frame: 'change'; number: number; change: Change }
  | { frame: 'values'; values: Values }
  | { frame: 'tiles'; now: At; stages: Record<string, Stage>; missing: string[]; counts?: { open: number; by_severity: Record<string, number> } }
  | { frame: 'reset'; reason: string }
  | { frame: 'ping'; now: At };

export const FRAME_NAMES = ['snapshot', 'change', 'values', 'tiles', 'reset', 'ping'] as const;

/** RFC 9457. */
export interface ProblemDocument {
  title?: string;
  status?: number;
  detail?: string;
  field?: string;
  /** On a 409: what was to be changed, as it is now. */
  current?: unknown;
}

/** What became of a command at one of several incidents. */
export interface Result {
  id: string;
  status: number;
  incident?: Incident;
}

/** What reports are about, as POST /v1/incidents takes them. */
export const CATEGORIES = ['crash', 'flood', 'leak', 'outage', 'smoke', 'noise', 'waste', 'other'] as const;

export const COMMANDS = ['acknowledge', 'take', 'assign', 'note', 'tick', 'untick', 'severity', 'shelve', 'unshelve', 'resolve', 'close', 'reopen', 'merge', 'split', 'detach', 'undo'] as const;
export type Command = (typeof COMMANDS)[number];
