/** The public API over fetch: one place for errors, so that every screen can say what to do. */
import type { FeatureCollection } from 'geojson';
import { preferences, t } from '../state/preferences.svelte';
import type {
  Asset,
  Change,
  Checklist,
  City,
  Command,
  Domain,
  Handover,
  HandoverHead,
  Incident,
  Minute,
  Page,
  Person,
  Preview,
  ProblemDocument,
  Result,
  Signal,
  Silence,
  SilenceWish,
  Told,
  Why,
  Works,
  WorksWish,
} from './types';

/** An answer that is not 2xx, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly document: ProblemDocument,
  ) {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
  }
}

let over = () => {};

/** Has it told whenever the server says that nobody is signed in (any more). */
export function whenOver(told: () => void): void {
  over = told;
}

async function documentOf(answer: Response): Promise<ProblemDocument> {
  try {
    return (await answer.json()) as ProblemDocument;
  } catch {
    return { title: answer.statusText };
  }
}

export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: 'same-origin', ...init, headers: { 'accept-language': preferences.language, ...init.headers } });
  } catch {
    throw new Problem(0, {});
  }
  if (answer.status === 401) over();
  if (!answer.ok) throw new Problem(answer.status, await documentOf(answer));
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

/** Who has sent something waits no longer than this for an answer: the network may swallow it, and the screen must go on. */
const PATIENCE_MS = 30_000;

/** Sends it; what comes again under one key is carried out once. */
export function send<T>(path: string, method: string, body?: unknown, key?: string): Promise<T> {
  return request<T>(path, {
    method,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: { 'content-type': 'application/json', ...(key ? { 'idempotency-key': key } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const MAX_PAGES = 40;

/** Every page of a list; a Problem where that is more than a screen can hold, rather than a part as if it were all. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let next: string | null | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const address = next ? `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}` : path;
    const found = await request<Page<T>>(address);
    items.push(...found.items);
    next = found.next;
    if (!next) return items;
  }
  throw new Problem(413, { detail: t('error.too_many', { count: items.length }) });
}

const one = (id: string) => `/v1/incidents/${encodeURIComponent(id)}`;

export const api = {
  signIn: (user: string, password: string) => send<Person>('/v1/session', 'POST', { user, password }),
  signInScreen: (key: string) => send<Person>('/v1/session/screen', 'POST', { key }),
  signOut: () => send<void>('/v1/session', 'DELETE'),
  session: () => request<Person>('/v1/session'),
  city: () => request<City>('/v1/city'),
  clock: () => request<{ now: string | null }>('/v1/clock'),
  map: () => request<FeatureCollection>('/v1/map'),
  domains: () => all<Domain>('/v1/domains'),
  assets: () => all<Asset>('/v1/assets?limit=5000'),
  incident: (id: string) => request<Incident>(one(id)),
  standing: (at: string) => all<Incident>(`/v1/changes/standing?${new URLSearchParams({ at })}`),
  changes: (from: string, to: string) => all<Change>(`/v1/changes?${new URLSearchParams({ from, to, limit: '1000' })}`),
  timeline: (id: string) => all<Change>(`${one(id)}/timeline?merged=true&limit=1000`),
  told: (id: string) => all<Told>(`${one(id)}/deliveries`),
  why: (id: string) => request<Why>(`${one(id)}/why`),
  procedure: (id: string) => request<Checklist>(`${one(id)}/procedure`),
  silences: () => all<Silence>('/v1/silences?limit=1000'),
  silence: (wish: SilenceWish) => send<Silence>('/v1/silences', 'POST', wish),
  preview: (wish: SilenceWish) => send<Preview>('/v1/silences/preview', 'POST', wish),
  works: () => all<Works>('/v1/works?limit=1000'),
  announce: (wish: WorksWish) => send<Works>('/v1/works', 'POST', wish),
  end: (kind: 'silences' | 'works', id: string) => send<void>(`/v1/${kind}/${encodeURIComponent(id)}`, 'DELETE'),
  handovers: () => request<Page<HandoverHead>>('/v1/handovers?limit=20'),
  handover: (id: number) => request<Handover>(`/v1/handovers/${id}`),
  handOver: (notes: string) => send<Handover>('/v1/handovers', 'POST', { notes }),
  accept: (id: number, note: string) => send<Handover>(`/v1/handovers/${id}/accept`, 'POST', { note: note || null }),
  command: (id: string, said: { command: Command; version: number }, key: string) => send<Incident>(`${one(id)}/commands`, 'POST', said, key),
  tell: (told: { category: string; lon: number; lat: number; text: string }, key: string) =>
    send<{ event: string; asset: string }>('/v1/incidents', 'POST', told, key),
  signalsOf: (asset: string) => request<Page<Signal & { incident: string | null }>>(`/v1/signals?${new URLSearchParams({ asset })}`),
  together: (command: Command, incidents: Incident[]) =>
    send<{ results: Result[] }>('/v1/incidents/commands', 'POST', { command, incidents: incidents.map(({ id, version }) => ({ id, version })) }),
  readings: (sensor: string, quantity: string, from: string) =>
    request<Page<Minute>>(`/v1/sensors/${encodeURIComponent(sensor)}/readings?${new URLSearchParams({ quantity, from, limit: '720' })}`),
};
