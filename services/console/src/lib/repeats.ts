/** How turns of duty repeat, in words. */
import { t } from './state/preferences.svelte';

/** The rules to choose from, each with its words; one of its own, which the API was given, stays as it is. */
export function repeats(own = ''): [string, string][] {
  const found: [string, string][] = [
    ['', t('duty.once')],
    ['FREQ=DAILY', t('duty.daily')],
    ...[2, 3, 4].map((count): [string, string] => [`FREQ=DAILY;INTERVAL=${count}`, t('duty.days', { count })]),
    ['FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR', t('duty.weekdays')],
    ['FREQ=WEEKLY', t('duty.weekly')],
  ];
  return found.some(([rule]) => rule === own) ? found : [...found, [own, own]];
}
