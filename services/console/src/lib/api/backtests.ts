/** Backtests as the public API tells of them, as far as a screen shows them. */
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

interface Part {
  id: string;
}

export interface Backtest {
  id: string;
  state: string;
  by: string;
  created_at: At;
  proposal: { rules: Part[]; domains: Part[]; conditions: Part[]; limits: Part[]; without: string[] };
  findings: { from: At; to: At; differences: Difference[] } | null;
}
