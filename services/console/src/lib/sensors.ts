/** Which sensors an operator asks to see: by what is wrong with them, and by words. */
import type { Sensor, Trouble } from './api/feeds';
import { fold, matches } from './text';

export const WISHES = ['all', 'silent', 'stuck', 'never', 'strange', 'adopted'] as const;
export type Wish = (typeof WISHES)[number];

/** What is wrong with each sensor, by its id. */
export function troublesOf(found: Trouble[]): Map<string, Trouble[]> {
  const by = new Map<string, Trouble[]>();
  for (const one of found) by.set(one.asset, [...(by.get(one.asset) ?? []), one]);
  return by;
}

const KINDS: Partial<Record<Wish, string>> = { silent: 'sensor.silent', stuck: 'sensor.stuck' };

/** Whether a sensor is one of those that are wished for. */
export function isWished(sensor: Sensor, wish: Wish, troubles: Map<string, Trouble[]>): boolean {
  if (wish === 'never') return sensor.registered && sensor.last_at === null;
  if (wish === 'strange') return !sensor.registered;
  if (wish === 'adopted') return sensor.origin === 'edit';
  const kind = KINDS[wish];
  return !kind || (troubles.get(sensor.id) ?? []).some((one) => one.kind === kind);
}

/** What they are chosen by besides: words, what is wrong with them, and the names of quantities. */
export interface By {
  query: string;
  troubles: Map<string, Trouble[]>;
  quantity: (id: string) => string;
}

/** Those that are wished for and match the words, the ones in trouble first, then by id. */
export function chosen(sensors: Sensor[], wish: Wish, { query, troubles, quantity }: By): Sensor[] {
  const measured = (one: Sensor) => one.quantities.map((id) => `${id} ${quantity(id)}`).join(' ');
  const words = (one: Sensor) => fold(`${one.id} ${one.name ?? ''} ${one.name_vi ?? ''} ${one.zone} ${one.measures ?? ''} ${measured(one)}`);
  return sensors
    .filter((one) => isWished(one, wish, troubles) && matches(query, words(one)))
    .sort((one, other) => Number(troubles.has(other.id)) - Number(troubles.has(one.id)) || one.id.localeCompare(other.id));
}
