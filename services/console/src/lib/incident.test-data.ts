/** An incident for tests. */
import type { Incident } from './api/types';

export function incident(more: Partial<Incident> = {}): Incident {
  return {
    id: 'inc-1', version: 1, state: 'open', severity: 'major', title: 'Power outage at Feeder 471', title_vi: 'Mất điện tại lộ 471',
    kind: 'power.outage', domain: 'power', area: null, zones: ['thuan-an'], agencies: [], position: [106.7, 10.9], signal_count: 1,
    active_count: 1, root_signal: 's1', root_asset: 'feeder-471', suspected: false, opened_at: '2026-03-04T05:00:00Z',
    updated_at: '2026-03-04T05:00:01Z', resolved_at: null, merged_into: null, follows: null, assignee: null, acknowledged_by: null,
    settled_at: null, candidates: [], suppressed: null, suppressed_count: 0, flapping: false, acknowledgements: [], override: null, shelved: null, acknowledge_due: null, resolve_due: null,
    steps: 0, steps_done: 0, overrules: [], ...more,
  };
}
