/** The shown list as files: CSV for a spreadsheet, GeoJSON for a map. */
import type { FeatureCollection } from 'geojson';
import type { Incident } from './api/types';

const COLUMNS = [
  'id', 'state', 'severity', 'title', 'title_vi', 'kind', 'domain', 'zones', 'agencies', 'lon', 'lat', 'signal_count', 'opened_at', 'updated_at', 'resolved_at', 'assignee', 'acknowledged_by',
] as const;

type Cell = string | number | null | string[];

function cellOf(incident: Incident, column: (typeof COLUMNS)[number]): Cell {
  if (column === 'lon') return incident.position?.[0] ?? null;
  if (column === 'lat') return incident.position?.[1] ?? null;
  return incident[column];
}

/** RFC 4180; what a spreadsheet would run as a formula is kept as text by a quote. */
function quoted(cell: Cell): string {
  if (cell === null) return '';
  const text = Array.isArray(cell) ? cell.join(' ') : String(cell);
  const safe = typeof cell !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a byte order mark, by which spreadsheets know UTF-8. */
export function csvOf(incidents: Incident[]): string {
  const lines = [COLUMNS.join(','), ...incidents.map((one) => COLUMNS.map((column) => quoted(cellOf(one, column))).join(','))];
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

/** Incidents without a place have no geometry, as RFC 7946 allows. */
export function geojsonOf(incidents: Incident[]): FeatureCollection<GeoJSON.Point | null> {
  return {
    type: 'FeatureCollection',
    features: incidents.map((one) => ({
      type: 'Feature',
      id: one.id,
      geometry: one.position && { type: 'Point', coordinates: one.position },
      properties: Object.fromEntries(COLUMNS.filter((column) => column !== 'lon' && column !== 'lat').map((column) => [column, cellOf(one, column)])),
    })),
  };
}

/** Hands a file to the browser. */
export function save(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
