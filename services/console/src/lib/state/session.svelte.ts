/** Who is signed in. */
import { api, Problem, whenOver } from '../api/client';
import type { Person } from '../api/types';
import { draftsOf } from './drafts';
import { past } from './past.svelte';

type Standing = 'unknown' | 'out' | 'in';

class Session {
  standing = $state<Standing>('unknown');
  user = $state('');
  roles = $state.raw<string[]>([]);
  agency = $state<string | null>(null);
  /** Signed out by the server, not by the person. */
  ended = $state(false);
  #again: ReturnType<typeof setTimeout> | undefined;

  get mayAct(): boolean {
    return past.at === null && this.handles;
  }

  /** Handles incidents, also where the past is looked at: sees whom to call. */
  get handles(): boolean {
    return this.roles.some((role) => role !== 'viewer');
  }

  /** What concerns the whole city is for those who belong to no agency. */
  get ofCity(): boolean {
    return this.agency === null;
  }

  /** People and keys. */
  get isAdmin(): boolean {
    return this.ofCity && this.roles.includes('admin');
  }

  /** Webhooks; of an agency its own. */
  get mayTell(): boolean {
    return this.roles.some((role) => ['supervisor', 'admin', 'integrator'].includes(role));
  }

  /** Sensors that are adopted, and what the audit shows. */
  get mayConnect(): boolean {
    return this.ofCity && this.mayTell;
  }

  /** Rules, conditions and limits. */
  get mayEdit(): boolean {
    return this.ofCity && this.roles.some((role) => role === 'supervisor' || role === 'admin');
  }

  /** Asks the server whether the cookie still holds. */
  async resume(): Promise<void> {
    try {
      const found = await api.session();
      if (found.name === null) this.end();
      else this.#enter(found);
    } catch (problem) {
      clearTimeout(this.#again);
      // a server that cannot say is no end of the session
      if (problem instanceof Problem && (problem.status === 0 || problem.status >= 500)) this.#again = setTimeout(() => void this.resume(), 2000);
      else this.standing = 'out';
    }
  }

  async signIn(user: string, password: string): Promise<void> {
    this.#enter(await api.signIn(user, password));
  }

  /** With a read-only key, which holds until it is withdrawn. */
  async signInScreen(key: string): Promise<void> {
    this.#enter(await api.signInScreen(key));
  }

  async signOut(): Promise<void> {
    this.standing = 'out';
    this.ended = false;
    await api.signOut().catch(() => undefined);
  }

  /** The session is over, or there never was one. */
  end(): void {
    this.ended ||= this.standing === 'in';
    this.standing = 'out';
  }

  #enter({ name, roles, agency }: Person): void {
    // of what one person saw and wrote the next one sees nothing
    if (this.user && this.user !== name) return location.reload();
    this.user = name ?? '';
    draftsOf(this.user);
    this.roles = roles;
    this.agency = agency;
    this.ended = false;
    this.standing = 'in';
  }
}

export const session = new Session();

whenOver(() => session.end());
// in another tab somebody else may have signed in, or this person out: who turns to this one is who is there now
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && session.standing === 'in') void session.resume();
});
