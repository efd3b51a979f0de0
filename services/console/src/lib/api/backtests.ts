/** Backtests as the public API tells of them, as far as a screen shows them. */
import { all, request, send } from './client';
import type { At } from './types';

/** An incident of a backtest; it exists there only. */
export interface Brief {
  id: string;
  title: string;
  title_vi: string;
  opened_at: At;
  root_signal: string | null;
  signal_count: number;
}

export interface Difference {
  what: string;
  before: Brief[];
  after: Brief[];
  reasons: { what: string; why: string; why_vi: string }[];
}

export interface Findings {
  from: At;
  to: At;
  incidents_before: number;
  incidents_after: number;
  /** How many of each `what`, all of them; `differences` are the first of them. */
  counts: Record<string, number>;
  differences: Difference[];
}

interface Part {
  id: string;
}

export interface Backtest {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  by: string;
  created_at: At;
  proposal: { rules: Part[]; domains: Part[]; conditions: Part[]; limits: Part[]; without: string[] };
  findings: Findings | null;
  error: string | null;
}

/** What is tried: rules, conditions or limits that take the place of those in force. */
export type Proposal = Record<string, unknown> & { from: At };

export const backtests = {
  newest: () => all<Backtest>('/v1/backtests?limit=50'),
  start: (proposal: Proposal) => send<Backtest>('/v1/backtests', 'POST', proposal),
  one: (id: string) => request<Backtest>(`/v1/backtests/${encodeURIComponent(id)}`),
  cancel: (id: string) => send<Backtest>(`/v1/backtests/${encodeURIComponent(id)}`, 'DELETE'),
};
