/** What was written and not sent: kept by the tab, so that it outlives a reload, for whoever wrote it and nobody else. */
const PREFIX = 'soc.draft.';
let owner = '';
const keyOf = (name: string) => `${PREFIX}${encodeURIComponent(owner)}/${name}`;

/** From now on these are this person's; what another one wrote in this tab is gone. */
export function draftsOf(user: string): void {
  owner = user;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX) && !key.startsWith(keyOf(''))) sessionStorage.removeItem(key);
}

/** What was kept under a name; null where there is nothing. */
export function draft<T>(name: string): T | null {
  return JSON.parse(sessionStorage.getItem(keyOf(name)) ?? 'null') as T | null;
}

/** Keeps it in the place of what was there; a form without any words is none. */
export function keep(name: string, said: string | Readonly<Record<string, string | number>>): void {
  const empty = Object.values(typeof said === 'string' ? [said] : said).every((one) => typeof one === 'number' || !one);
  if (empty) sessionStorage.removeItem(keyOf(name));
  else sessionStorage.setItem(keyOf(name), JSON.stringify(said));
}
