/** Every key of the console in one table. */

export interface Actions {
  step(by: 1 | -1): void;
  open(): void;
  acknowledge(): void;
  /** Picks the incident of the line for one command on several, or lets it go. */
  pick(): void;
  take(): void;
  note(): void;
  /** Writes down an incident by hand. */
  tell(): void;
  /** Brings the reasons into view. */
  explain(): void;
  map(): void;
  mute(): void;
  search(): void;
  help(): void;
  escape(): void;
}

const writes = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
const presses = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('button, a, summary, [role="button"]');

const KEYS: Record<string, (actions: Actions) => void> = {
  j: (actions) => actions.step(1),
  k: (actions) => actions.step(-1),
  Enter: (actions) => actions.open(),
  a: (actions) => actions.acknowledge(),
  x: (actions) => actions.pick(),
  t: (actions) => actions.take(),
  n: (actions) => actions.note(),
  i: (actions) => actions.tell(),
  e: (actions) => actions.explain(),
  g: (actions) => actions.map(),
  m: (actions) => actions.mute(),
  '/': (actions) => actions.search(),
  '?': (actions) => actions.help(),
  Escape: (actions) => actions.escape(),
};

/** Runs what a key means; keys typed into a field are left alone, except Escape. */
export function press(event: KeyboardEvent, actions: Actions): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (writes(event.target) && event.key !== 'Escape') return;
  if (event.key === 'Enter' && presses(event.target)) return;
  // with Caps Lock on, a key means the same
  const action = KEYS[event.shiftKey ? event.key : event.key.replace(/^[A-Z]$/, (letter) => letter.toLowerCase())];
  if (!action) return;
  event.preventDefault();
  action(actions);
}
