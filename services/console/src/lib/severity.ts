/** How a severity looks: a shape, a letter and a colour, so that colour is never alone. */
import { SEVERITIES, type Severity } from './api/types';

export interface Look {
  letter: string;
  /** Polygon points in a 24×24 box; none is a circle. */
  points: string | null;
  /** Fill, the same in both themes, readable with `ink` on it. */
  fill: string;
  ink: string;
}

export const LOOKS: Record<Severity, Look> = {
  critical: { letter: 'C', points: '7.5,1 16.5,1 23,7.5 23,16.5 16.5,23 7.5,23 1,16.5 1,7.5', fill: '#ff4d4f', ink: '#1a0000' },
  major: { letter: 'M', points: '12,0.5 23.5,22.5 0.5,22.5', fill: '#ff9f1c', ink: '#201000' },
  minor: { letter: 'N', points: '12,0.5 23.5,12 12,23.5 0.5,12', fill: '#ffe066', ink: '#1c1600' },
  warning: { letter: 'W', points: null, fill: '#6cc5ff', ink: '#00131f' },
};

/** 0 for the worst; an unknown one ranks behind all. */
export function rank(severity: string): number {
  const found = SEVERITIES.indexOf(severity as Severity);
  return found < 0 ? SEVERITIES.length : found;
}

/** The look of a severity, of an unknown one that of a warning. */
export function look(severity: string): Look {
  return LOOKS[severity as Severity] ?? LOOKS.warning;
}

/** The worst of some severities. */
export function worst(severities: Iterable<string>): string {
  let found = 'warning';
  for (const severity of severities) if (rank(severity) < rank(found)) found = severity;
  return found;
}
