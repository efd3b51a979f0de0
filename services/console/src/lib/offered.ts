/** What may be done with an incident next: its buttons, and the keys that stand for them. */
import type { Command, Incident } from './api/types';

const NEXT: Record<string, Command[]> = {
  open: ['acknowledge', 'take', 'resolve'],
  acknowledged: ['take', 'resolve'],
  in_progress: ['resolve', 'take'],
  resolved: ['close', 'reopen'],
};

/** The likeliest first; not what this person, or the person's agency, has done already. */
export function offeredFor({ state, assignee, acknowledgements }: Incident, { user, agency }: { user: string; agency: string | null }): Command[] {
  const done = (command: Command) =>
    (command === 'take' && assignee === user) || (command === 'acknowledge' && acknowledgements.some((one) => one.agency === agency));
  return (NEXT[state] ?? []).filter((command) => !done(command));
}
