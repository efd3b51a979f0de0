/** What may be done with an incident next: its buttons, and the keys that stand for them. */
import type { Command, Incident } from './api/types';

const NEXT: Record<string, Command[]> = {
  open: ['acknowledge', 'take', 'resolve'],
  acknowledged: ['take', 'resolve'],
  in_progress: ['resolve', 'take'],
  resolved: ['close', 'reopen'],
};

/** Final: there is nothing left to do but to write about it. */
export const isOver = ({ state }: Incident): boolean => !(state in NEXT);

/**
 * The likeliest first; not what this person, or the person's agency, has done already. An agency acknowledges its part
 * also where the center was first.
 */
export function offeredFor({ state, assignee, acknowledgements }: Incident, { user, agency }: { user: string; agency: string | null }): Command[] {
  const done = (command: Command) =>
    (command === 'take' && assignee === user) || (command === 'acknowledge' && acknowledgements.some((one) => one.agency === agency));
  const part: Command[] = agency !== null && ['acknowledged', 'in_progress'].includes(state) ? ['acknowledge'] : [];
  return [...part, ...(NEXT[state] ?? [])].filter((command) => !done(command));
}
