/** Which screen is shown; its address is in the hash, so that it can be linked to and the back button works. */

export const SCREENS = ['live', 'silences', 'handover'] as const;
export type Screen = (typeof SCREENS)[number];

/** The screen of an address like `#/silences`; the live one for anything else. */
export function screenOf(hash: string): Screen {
  const name = hash.replace(/^#\/?/, '');
  return SCREENS.find((one) => one === name) ?? 'live';
}

export const addressOf = (screen: Screen) => `#/${screen === 'live' ? '' : screen}`;

class Screens {
  now = $state<Screen>(screenOf(location.hash));

  constructor() {
    // a hash that is a place on the page (a skip link's) is no screen
    addEventListener('hashchange', () => {
      if (location.hash === '' || location.hash.startsWith('#/')) this.now = screenOf(location.hash);
    });
  }
}

export const screens = new Screens();
