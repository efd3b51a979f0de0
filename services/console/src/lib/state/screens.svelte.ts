/** Which screen is shown; its address is in the hash, so that it can be linked to and the back button works. */

export const SCREENS = ['live', 'replay', 'indicators', 'silences', 'handover', 'rules', 'sources', 'parks', 'areas', 'day', 'duty', 'hooks', 'admin'] as const;
export type Screen = (typeof SCREENS)[number];
/** In the bar itself; the others are in its menu. */
export const FIRST: readonly Screen[] = ['live', 'replay', 'indicators', 'silences', 'handover'];

/** The screen of an address like `#/parks/vsip-1`; the live one for anything else. */
export function screenOf(hash: string): Screen {
  const name = hash.replace(/^#\/?/, '').split('/', 1)[0];
  return SCREENS.find((one) => one === name) ?? 'live';
}

/** What follows the screen in an address: the id of the one thing that is shown, or nothing. What is no encoding stays as it is. */
export function partOf(hash: string): string {
  const [, ...rest] = hash.replace(/^#\/?/, '').split('/');
  const part = rest.join('/');
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const addressOf = (screen: Screen, part = '') => `#/${screen === 'live' && !part ? '' : screen}${part && `/${encodeURIComponent(part)}`}`;

class Screens {
  now = $state<Screen>(screenOf(location.hash));
  part = $state(partOf(location.hash));

  constructor() {
    // a hash that is a place on the page (a skip link's) is no screen
    addEventListener('hashchange', () => {
      if (location.hash !== '' && !location.hash.startsWith('#/')) return;
      this.now = screenOf(location.hash);
      this.part = partOf(location.hash);
    });
  }

  /** Says in the address what the screen shows, without a step for the back button. */
  name(part: string): void {
    if (part === this.part) return;
    this.part = part;
    history.replaceState(history.state, '', addressOf(this.now, part));
  }
}

export const screens = new Screens();
