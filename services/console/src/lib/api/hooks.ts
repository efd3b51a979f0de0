/** Webhooks, as the public API tells of them. */
import { all, request, send } from './client';
import type { At, Page } from './types';

export const FILTERS = ['kinds', 'severity', 'domain', 'agency', 'zone', 'state'] as const;
export type Filter = (typeof FILTERS)[number];
export type Filters = Partial<Record<Filter, string[]>>;
/** What can happen to an incident, as schemas/incidents.py declares it. */
export const CHANGES = ['opened', 'updated', 'acknowledged', 'resolved', 'reopened', 'merged', 'split', 'moved', 'closed', 'shelved', 'suppressed', 'returned', 'escalated'] as const;

export const FORMS = ['webhook', 'email', 'message'] as const;
export type Form = (typeof FORMS)[number];
/** What people are told unless somebody chooses otherwise, as city/delivery.py has it. */
export const FOR_PEOPLE: Filters = { kinds: ['opened', 'escalated', 'resolved'], severity: ['critical', 'major'] };

export interface Wish {
  form?: Form;
  url?: string;
  /** `duty`, and addresses or numbers. */
  to?: string[];
  template?: unknown;
  authorization?: string;
  description: string;
  filters: Filters;
  /** Told only of what names this agency, whatever the filters; null: the whole city's, of people of an agency theirs. */
  agency?: string | null;
}

export interface Endpoint extends Wish {
  id: string;
  agency: string | null;
  /** What its filters name that nothing in force is called. */
  unknown: Filters;
  form: Form;
  url: string;
  to: string[];
  authorized: boolean;
  created_at: At;
  disabled_at: At | null;
  disabled_reason: string | null;
  disabled_reason_vi: string | null;
  failing_since: At | null;
  /** Deliveries that are due or will be tried again. */
  waiting: number;
  waiting_since: At | null;
}

export const STATES = ['waiting', 'delivered', 'failed', 'unsaid', 'withheld'] as const;

export interface Delivery {
  id: number;
  message_id: string;
  incident_id: string;
  version: number;
  state: string;
  attempts: number;
  created_at: At;
  next_at: At;
  /** Of the last attempt. */
  tried_at: At | null;
  status: number | null;
  error: string | null;
  /** People whom it has reached. */
  told: string[];
  body: string;
}

export interface Attempt {
  at: At;
  status: number | null;
  error: string | null;
  duration_ms: number;
  response: string | null;
}

/** Where it goes, in a few letters. */
export const whither = ({ url, to }: Endpoint) => [url, to.join(', ')].filter(Boolean).join(' · ');

const one = (id: string, more = '') => `/v1/webhooks/${encodeURIComponent(id)}${more}`;

export const hooks = {
  endpoints: () => all<Endpoint>('/v1/webhooks'),
  register: (wish: Wish) => send<Endpoint & { secret: string | null }>('/v1/webhooks', 'POST', wish),
  change: (id: string, wish: Partial<Wish>) => send<Endpoint>(one(id), 'PATCH', wish),
  remove: (id: string) => send<void>(one(id), 'DELETE'),
  enable: (id: string, on: boolean) => send<Endpoint>(one(id, on ? '/enable' : '/disable'), 'POST'),
  rotate: (id: string) => send<Endpoint & { secret: string }>(one(id, '/rotate'), 'POST'),
  test: (id: string) => send<{ id: string }>(one(id, '/test'), 'POST'),
  /** Of one state, or of all when that is empty. */
  deliveries: (id: string, state: string, cursor: string) => request<Page<Delivery>>(one(id, `/deliveries?${new URLSearchParams({ limit: '50', ...(state && { state }), ...(cursor && { cursor }) })}`)),
  attempts: (id: string, delivery: number) => all<Attempt>(one(id, `/deliveries/${delivery}/attempts`)),
  again: (id: string, delivery: number) => send<{ id: string }>(one(id, `/deliveries/${delivery}/replay`), 'POST'),
  since: (id: string, since: At) => send<{ deliveries: number }>(one(id, '/replay'), 'POST', { since }),
};
