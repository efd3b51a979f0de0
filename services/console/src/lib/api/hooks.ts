/** Webhooks, as the public API tells of them. */
import { all, request, send } from './client';
import type { At, Page } from './types';

export const FILTERS = ['kinds', 'severity', 'domain', 'agency', 'zone', 'state'] as const;
export type Filters = Partial<Record<(typeof FILTERS)[number], string[]>>;

export interface Endpoint {
  id: string;
  url: string;
  description: string;
  filters: Filters;
  created_at: At;
  disabled_at: At | null;
  disabled_reason: string | null;
  failing_since: At | null;
}

export interface Delivery {
  id: number;
  message_id: string;
  incident_id: string;
  version: number;
  state: string;
  attempts: number;
  created_at: At;
  next_at: At;
  body: string;
}

export interface Attempt {
  at: At;
  status: number | null;
  error: string | null;
  duration_ms: number;
  response: string | null;
}

const one = (id: string, more = '') => `/v1/webhooks/${encodeURIComponent(id)}${more}`;

export const hooks = {
  endpoints: () => all<Endpoint>('/v1/webhooks'),
  register: (url: string, description: string, filters: Filters) => send<Endpoint & { secret: string }>('/v1/webhooks', 'POST', { url, description, filters }),
  remove: (id: string) => send<void>(one(id), 'DELETE'),
  enable: (id: string, on: boolean) => send<Endpoint>(one(id, on ? '/enable' : '/disable'), 'POST'),
  rotate: (id: string) => send<Endpoint & { secret: string }>(one(id, '/rotate'), 'POST'),
  test: (id: string) => send<{ id: string }>(one(id, '/test'), 'POST'),
  deliveries: (id: string, cursor: string) => request<Page<Delivery>>(one(id, `/deliveries?limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)),
  attempts: (id: string, delivery: number) => all<Attempt>(one(id, `/deliveries/${delivery}/attempts`)),
  again: (id: string, delivery: number) => send<{ id: string }>(one(id, `/deliveries/${delivery}/replay`), 'POST'),
  since: (id: string, since: At) => send<{ deliveries: number }>(one(id, '/replay'), 'POST', { since }),
};
