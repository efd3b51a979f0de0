/** People, keys and the audit, as the public API tells of them. */
import { all, request, send } from './client';
import type { At, Page } from './types';

export const ROLES = ['viewer', 'operator', 'supervisor', 'admin'] as const;
export const KEY_ROLES = ['viewer', 'operator', 'supervisor', 'integrator', 'admin'] as const;

export interface User {
  name: string;
  role: string;
  agency: string | null;
  created_at: At;
  disabled_at: At | null;
  sessions: number;
}

export interface NewUser {
  name: string;
  role: string;
  agency: string | null;
  password: string;
}

export type UserChange = Partial<{ role: string; agency: string | null; enabled: boolean; password: string }>;

export interface Key {
  id: string;
  name: string;
  roles: string[];
  agency: string | null;
}

export interface Deed {
  id: number;
  at: At;
  by: string;
  address: string | null;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

/** Which lines of the audit; what is empty asks for nothing. */
export interface Wanted {
  by: string;
  action: string;
  subject: string;
  since: string;
  until: string;
}

function audit(wanted: Wanted, more: Record<string, string>): string {
  const filled = Object.entries({ ...wanted, ...more }).filter(([, value]) => value);
  return `/v1/audit?${new URLSearchParams(filled)}`;
}

export const people = {
  users: () => all<User>('/v1/users'),
  add: (user: NewUser) => send<User>('/v1/users', 'POST', user),
  change: (name: string, wish: UserChange) => send<User>(`/v1/users/${encodeURIComponent(name)}`, 'PATCH', wish),
  keys: () => all<Key>('/v1/keys'),
  issue: (key: Omit<Key, 'id'>) => send<Key & { secret: string }>('/v1/keys', 'POST', key),
  revoke: (id: string) => send<Key>(`/v1/keys/${encodeURIComponent(id)}`, 'DELETE'),
  audit: (wanted: Wanted, cursor: string) => request<Page<Deed>>(audit(wanted, { cursor })),
  auditTable: (wanted: Wanted) => audit(wanted, { format: 'csv' }),
};
