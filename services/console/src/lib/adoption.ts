/** What is filled in about a sensor that is adopted, and what is sent of it. */
import type { Adoption, Sensor } from './api/feeds';
import type { Position } from './api/types';

/** As the fields hold it: empty where nothing is said. */
export interface Filled {
  name: string;
  name_vi: string;
  kind: string;
  observes: string[];
  measures: string;
  zone: string;
  agency: string;
  position: string;
}

/** The form as it opens: what was said before, else what the sensor reports. */
export function begun(sensor: Sensor): Filled {
  const { name, name_vi, kind, measures, agency, position, registered, zone } = sensor;
  return {
    name: name ?? '',
    name_vi: name_vi ?? '',
    kind: kind ?? 'sensor',
    observes: sensor.quantities,
    measures: measures ?? '',
    zone: registered ? zone : '',
    agency: agency ?? '',
    position: position ? position.join(', ') : '',
  };
}

/** `lon, lat` as it is written; null where nothing is, undefined where it is no place. */
export function placeOf(text: string): Position | null | undefined {
  if (!text.trim()) return null;
  const [lon, lat, ...more] = text.split(/[,;\s]+/).filter(Boolean).map(Number);
  if (lon === undefined || lat === undefined || more.length) return undefined;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : undefined;
}

export function adoptionOf(form: Filled): Adoption {
  const said = (text: string) => text.trim() || null;
  return {
    name: form.name.trim(),
    name_vi: form.name_vi.trim(),
    kind: form.kind.trim(),
    observes: form.observes,
    measures: said(form.measures),
    zone: said(form.zone),
    agency: said(form.agency),
    position: placeOf(form.position) ?? null,
  };
}
