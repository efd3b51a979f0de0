import { expect, test } from 'vitest';
import type { Geometry } from 'geojson';
import type { Asset, Incident, Link, Member, Signal, Values } from './api/types';
import { chain } from './chain';
import { byUrgency, EMPTY, shows, toggled } from './filter';
import { dotsOf, marksOf } from './map/clusters';
import { hasGraphicsCard } from './map/choose';
import { pathsOf } from './map/paths';
import { rank, worst } from './severity';
import { addressOf, partOf, SCREENS, screenOf } from './state/screens.svelte';
import { calls } from './sound';
import { fold, matches } from './text';
import { age, clock, dayInWords, duration } from './time';
import { areaOf } from './map/area';
import { arrowsOf } from './map/arrows';
import { camerasNear, metres, nearest } from './near';
import { barsOf, following, isWall, scaleOf, scenesOf } from './wall';
import { eventsOf } from './timeline';
import { csvOf, geojsonOf } from './export';
import { linesOf } from './grouping';
import { incident } from './incident.test-data';
import { kept, MOST_ENDED, taken } from './state/incidents';
import { reveal, topsOf, visible } from './virtual';

const NOW = Date.parse('2026-03-04T05:06:07Z');

function signal(id: string, more: Partial<Signal> = {}): Signal {
  return {
    id, kind: 'traffic.slow', asset: `road-${id}`, state: 'active', severity: 'minor', raised_at: '2026-03-04T05:00:00Z', cleared_at: null,
    value: null, unit: null, limit: null, limit_ref: null, measures: null, position: null, zone: 'z', agency: null, domain: 'traffic',
    condition: null, origin: 'detect', note: null, ...more,
  };
}

function link(kind: Link['kind'], cause: string, effect: string, more: Partial<Link> = {}): Link {
  return {
    kind, rule: 'r', cause, effect, path: [], relations: [], distance_m: null, delay_s: 60, score: 1, conditions: [], reason: '', why: 'w', why_vi: 'v', ...more,
  };
}

const member = (one: Signal, because: Link | null = null): Member => ({ signal: one, group: one.id, because, why: '', why_vi: '' });

test('a search finds Vietnamese with and without diacritics', () => {
  expect(fold('Đường Thuận An')).toBe('duong thuan an');
  expect(matches('thuận duong', fold('Đường Thuận An'))).toBe(true);
  expect(matches('dĩ an', fold('Đường Thuận An'))).toBe(false);
  expect(shows({ ...EMPTY, query: 'mat dien' }, incident())).toBe(true);
  expect(shows({ ...EMPTY, query: 'ngập' }, incident())).toBe(false);
});

test('without chosen states the list shows what is live', () => {
  expect(shows(EMPTY, incident({ state: 'closed' }))).toBe(false);
  expect(shows({ ...EMPTY, states: ['closed'] }, incident({ state: 'closed' }))).toBe(true);
  expect(shows({ ...EMPTY, severities: ['critical'] }, incident())).toBe(false);
  expect(toggled(toggled([], 'a'), 'a')).toEqual([]);
});

test('the worst comes first, then what nobody has acknowledged, then the newest', () => {
  const list = [
    incident({ id: 'old' }),
    incident({ id: 'taken', state: 'acknowledged', opened_at: '2026-03-04T06:00:00Z' }),
    incident({ id: 'new', opened_at: '2026-03-04T05:30:00Z' }),
    incident({ id: 'worst', severity: 'critical', state: 'acknowledged' }),
  ];
  expect(list.sort(byUrgency).map(({ id }) => id)).toEqual(['worst', 'new', 'old', 'taken']);
  expect(rank('unheard-of')).toBe(4);
});

test('times are told in 24 hours in the zone of the city, with the day when it is another', () => {
  expect(clock('2026-03-04T05:06:07Z', 'vi', 'Asia/Ho_Chi_Minh', NOW)).toBe('12:06:07');
  expect(clock('2026-03-03T17:30:00Z', 'en', 'Asia/Ho_Chi_Minh', NOW)).toBe('00:30:00');
  expect(clock('2026-03-03T16:30:00Z', 'en', 'Asia/Ho_Chi_Minh', NOW)).toBe('03/03/2026 23:30:00');
});

test('ages and delays are short in both languages', () => {
  expect(duration(59, 'en')).toBe('59 s');
  expect(duration(200, 'vi')).toBe('3 phút');
  expect(duration(7500, 'en')).toBe('2 h 05');
  expect(age(412, 'vi')).toBe('0,4 s');
  expect(age(12_400, 'en')).toBe('12 s');
  expect(age(Infinity, 'vi')).toBe('im lặng');
});

test('the chain goes from the root to the last effect, with one group for what is the same', () => {
  const groups = chain(
    [signal('slow2'), signal('slow1'), signal('dark'), signal('feeder', { severity: 'critical' })],
    [link('cause', 'feeder', 'dark'), link('cause', 'dark', 'slow1'), link('same', 'slow1', 'slow2')],
  );
  expect(groups.map(({ id, depth, row }) => [id, depth, row])).toEqual([['feeder', 0, 0], ['dark', 1, 1], ['slow1', 2, 2]]);
  expect(groups[2]?.members.sort()).toEqual(['slow1', 'slow2']);
});

test('a circle of links still draws every group once', () => {
  const groups = chain([signal('a'), signal('b')], [link('cause', 'a', 'b'), link('cause', 'b', 'a')]);
  expect(groups.map(({ id }) => id).sort()).toEqual(['a', 'b']);
});

test('a cluster looks like its worst member and the selected incident stands alone', () => {
  const near: [number, number] = [106.7001, 10.9001];
  const list = [incident({ id: 'a', severity: 'warning' }), incident({ id: 'b', severity: 'critical', position: near }), incident({ id: 'c', position: near })];
  const [only, ...others] = marksOf(list, null, 9, ({ id }) => id);
  expect(others).toEqual([]);
  expect(only).toMatchObject({ id: 'b', severity: 'critical', count: 3 });
  const marks = marksOf(list, 'c', 9, ({ id }) => id);
  expect(marks.at(-1)).toMatchObject({ id: 'c', selected: true, count: 1 });
});

test('a cluster of sensors shows a signal before silence before health', () => {
  const position: [number, number] = [106.7, 10.9];
  const dots = dotsOf([{ position, state: 'fresh', name: 'x' }, { position, state: 'signalling', name: 'y' }, { position, state: 'stale', name: 'z' }], 9);
  expect(dots).toMatchObject([{ state: 'signalling', count: 3 }]);
});

test('lines run over the assets that the links walked', () => {
  const members = [member(signal('b', { position: [2, 2] }), link('cause', 'a', 'b', { path: ['road-a', 'box', 'road-b'] })), member(signal('a', { position: [1, 1] }))];
  expect(pathsOf(members, new Map())).toEqual([{ line: [[1, 1], [2, 2]] }]);
  expect(pathsOf([member(signal('a'), link('same', 'b', 'a'))], new Map())).toEqual([]);
});

test('the timeline tells event time and receive time apart, the newest first', () => {
  const change = { incident_id: 'i', version: 1, previous_version: 0, kind: 'opened', at: '2026-03-04T05:00:09Z', by: 'center', incident: incident(), added: ['a'], removed: [], merged_from: [], note: null, command: null, attachment: null, oldest_sent_ms: null };
  const events = eventsOf([change], [member(signal('a', { cleared_at: '2026-03-04T05:10:00Z' }))]);
  expect(events.map(({ key }) => key)).toEqual(['ea', 'ci.1', 'ra']);
  expect(events[2]).toMatchObject({ happened: '2026-03-04T05:00:00Z', received: '2026-03-04T05:00:09Z' });
});

test('only a settled, open, critical or major incident that nothing suppresses calls the room', () => {
  expect(calls(incident(), NOW)).toBe(true);
  expect(calls(incident({ settled_at: new Date(NOW + 1000).toISOString() }), NOW)).toBe(false);
  expect(calls(incident({ state: 'acknowledged' }), NOW)).toBe(false);
  expect(calls(incident({ suppressed: { by: ['sil-1'], until: '2026-03-04T06:00:00Z', why: '', why_vi: '' } }), NOW)).toBe(false);
  expect(calls(incident({ shelved: { by: 'lan', at: '', until: '', reason: '' } }), NOW)).toBe(false);
  expect(calls(incident({ severity: 'minor' }), NOW)).toBe(false);
  expect(worst(['minor', 'critical', 'major'])).toBe('critical');
});

test('of a long list only the window is drawn, and a line is revealed with the least movement', () => {
  const tops = topsOf(new Array<number>(500).fill(50));
  expect(visible(tops, 5000, 500)).toEqual({ first: 94, last: 117 });
  expect(visible(topsOf([50, 50, 50]), 0, 500)).toEqual({ first: 0, last: 3 });
  expect(visible([0], 0, 500)).toEqual({ first: 0, last: 0 });
  expect(reveal(tops, 0, 200, 500)).toBe(0);
  expect(reveal(tops, 20, 0, 500)).toBe(550);
  expect(reveal(tops, 5, 100, 500)).toBe(100);
});

test('groups stand in the order of their most urgent incident', () => {
  const list = [incident({ id: 'a', zones: ['z2'] }), incident({ id: 'b', zones: ['z1'] }), incident({ id: 'c', zones: ['z2'] }), incident({ id: 'd', zones: [] })];
  const heads = linesOf(list, 'zone').map((line) => ('incident' in line ? line.incident.id : `${line.head}:${line.count}`));
  expect(heads).toEqual(['z2:2', 'a', 'c', 'z1:1', 'b', ':1', 'd']);
  expect(linesOf(list, 'none')).toHaveLength(4);
});

test('owner, zone and words of its places filter the list', () => {
  const mine = incident({ assignee: 'lan' });
  expect(shows({ ...EMPTY, owner: 'mine' }, mine, { user: 'lan' })).toBe(true);
  expect(shows({ ...EMPTY, owner: 'mine' }, incident(), { user: 'lan' })).toBe(false);
  expect(shows({ ...EMPTY, owner: 'nobody' }, incident(), { user: 'lan' })).toBe(true);
  expect(shows({ ...EMPTY, zone: 'di-an' }, incident(), {})).toBe(false);
  expect(shows({ ...EMPTY, query: 'phuong an phu' }, incident({ zones: ['z9'] }), { named: (zone) => (zone === 'z9' ? 'Phường An Phú' : '') })).toBe(true);
});

test('what is set aside comes after what waits', () => {
  const shelved = incident({ id: 'a', severity: 'critical', shelved: { by: 'lan', at: '', until: '', reason: '' } });
  expect([shelved, incident({ id: 'b', severity: 'warning' })].sort(byUrgency).map(({ id }) => id)).toEqual(['b', 'a']);
});

test('changes make the incidents new, older versions are ignored and what is new is unread', () => {
  const change = (id: string, version: number, kind: string, more: Partial<Incident> = {}) => ({
    incident_id: id, version, previous_version: version - 1, kind, at: '', by: 'center', incident: incident({ id, version, ...more }),
    added: [], removed: [], merged_from: [], note: null, command: null, attachment: null, oldest_sent_ms: null,
  });
  const { incidents, fresh } = taken(new Map([['a', incident({ id: 'a', version: 3 })]]), [change('a', 2, 'updated', { state: 'closed' }), change('b', 1, 'opened')]);
  expect(incidents.get('a')?.state).toBe('open');
  expect(fresh).toEqual(['b']);
  const many = new Map([...Array(MOST_ENDED + 50).keys()].map((n) => [`i${n}`, incident({ id: `i${n}`, state: 'closed', updated_at: `2026-03-04T05:00:${String(n).padStart(5, '0')}` })]));
  expect(kept(many).size).toBe(MOST_ENDED);
  expect(many.has('i0')).toBe(false);
});

test('a wall turns from the city to its worst incidents and to figures, and round again', () => {
  const list = [incident({ id: 'a' }), incident({ id: 'b' }), incident({ id: 'c', state: 'closed' })];
  const scenes = scenesOf(list);
  expect(scenes.map((one) => ('id' in one ? one.id : one.kind))).toEqual(['city', 'a', 'b', 'figures']);
  expect(following(scenes, { kind: 'incident', id: 'b' })).toEqual({ kind: 'figures' });
  expect(following(scenes, { kind: 'figures' })).toEqual({ kind: 'city' });
  expect(following(scenes, { kind: 'incident', id: 'gone' })).toEqual({ kind: 'city' });
  expect(scaleOf(3840, 2160)).toBe(2 * scaleOf(1920, 1080));
  expect(barsOf(list, ({ zones }) => zones)).toEqual([{ id: 'thuan-an', count: 3, share: 1 }]);
  expect(isWall('?wall=1')).toBe(true);
  expect(isWall('?wall=0')).toBe(false);
});

test('the nearest comes first and what has no place last', () => {
  const places = [incident({ id: 'far', position: [107, 11] }), incident({ id: 'none', position: null }), incident({ id: 'near', position: [106.71, 10.9] })];
  expect(nearest([106.7, 10.9], places).map(({ id }) => id)).toEqual(['near', 'far', 'none']);
  expect(Math.round(metres([106.7, 10.9], [106.7, 10.901]))).toBe(111);
});

test('the affected area surrounds every member and is convex', () => {
  expect(areaOf([])).toEqual([]);
  const ring = areaOf([[106.7, 10.9], [106.71, 10.9], [106.705, 10.91]]);
  const inside = (x: number, y: number) => ring.every((a, index) => {
    const b = ring[(index + 1) % ring.length]!;
    return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]) >= 0;
  });
  expect([inside(106.7, 10.9), inside(106.71, 10.9), inside(106.705, 10.91), inside(106.73, 10.9)]).toEqual([true, true, true, false]);
  expect(areaOf([[106.7, 10.9]]).length).toBeGreaterThan(8);
});

test('an arrow goes where the wind goes, and along a reach whose tide does not turn it', () => {
  const asset = (id: string, more: Partial<Asset>): Asset => ({
    id, kind: 'sensor', name: id, name_vi: id, zone: 'z', position: [106.7, 10.9], observes: [], measures: null, approximate: false, geometry: null, properties: {}, ...more,
  });
  const line: Geometry = { type: 'LineString', coordinates: [[106.7, 10.9], [106.7, 11.0]] };
  const assets = [
    asset('mast', { observes: ['wind_speed_ms', 'wind_direction_deg'] }),
    asset('be', { kind: 'river_reach', geometry: line }),
    asset('saigon', { kind: 'river_reach', geometry: line, properties: { tidal: true } }),
  ];
  const words = { wind: (speed: number) => `${speed}`, flow: ({ id }: Asset) => id };
  const values: Values = { 'mast/wind_speed_ms': [NOW, 3], 'mast/wind_direction_deg': [NOW, 270] };
  const arrows = arrowsOf(assets, values, NOW, words).map(({ id, bearing }) => [id, Math.round(bearing)]);
  expect(arrows).toEqual([['wind mast', 90], ['flow be', 0]]);
  expect(arrowsOf(assets, values, NOW + 3_600_000, words)).toHaveLength(1);
});

test('an incident names the three nearest cameras, with their addresses on the web', () => {
  const camera = (id: string, lon: number, url: unknown): Asset => ({
    id, kind: 'camera', name: id, name_vi: id, zone: 'z', position: [lon, 10.9], observes: [], measures: null, approximate: false, geometry: null, properties: { url },
  });
  const cameras = [camera('d', 106.74, 'https://c/d'), camera('a', 106.71, 'https://c/a'), camera('x', 106.7, 'javascript:alert(1)'), camera('c', 106.73, 'https://c/c'), camera('b', 106.72, 'http://c/b')];
  expect(camerasNear([106.7, 10.9], cameras).map(({ asset: { id }, url }) => [id, url])).toEqual([['x', null], ['a', 'https://c/a'], ['b', 'http://c/b']]);
  expect(camerasNear(null, cameras)).toEqual([]);
});

test('deliveries stand in the timeline where they were tried', () => {
  const told = [{ endpoint: 'w', description: 'Điện lực', version: 1, state: 'delivered', attempts: 2, created_at: '2026-03-04T05:00:01Z', tried_at: '2026-03-04T05:00:09Z' }];
  const events = eventsOf([], [member(signal('a'))], told);
  expect(events.map(({ what, received }) => [what, received])).toEqual([['delivery', '2026-03-04T05:00:09Z'], ['signal', null]]);
});

test('the list is exported as CSV and GeoJSON, and no cell becomes a formula', () => {
  const list = [incident({ title: '=1+1', title_vi: 'Đường "A", đoạn 2' }), incident({ id: 'inc-2', position: null })];
  const [, first] = csvOf(list).split('\r\n');
  expect(first).toContain(`'=1+1,"Đường ""A"", đoạn 2"`);
  expect(csvOf(list).startsWith('\ufeffid,state,severity')).toBe(true);
  expect(geojsonOf(list).features.map(({ id, geometry }) => [id, geometry?.coordinates ?? null])).toEqual([['inc-1', [106.7, 10.9]], ['inc-2', null]]);
});

test('a software renderer counts as no graphics card', () => {
  const canvas = (renderer: string | null) => () =>
    ({ getContext: () => renderer && { getExtension: () => null, getParameter: () => renderer } }) as unknown as HTMLCanvasElement;
  expect(hasGraphicsCard(canvas(null))).toBe(false);
  expect(hasGraphicsCard(canvas('ANGLE (Google, Vulkan 1.3 (SwiftShader Device))'))).toBe(false);
  expect(hasGraphicsCard(canvas('NVIDIA GeForce'))).toBe(true);
});

test('what a person did to an incident is told by the command, not as an update', () => {
  const change = { incident_id: 'i', version: 2, previous_version: 1, kind: 'updated', at: '2026-03-04T05:00:09Z', by: 'lan', incident: incident(), added: [], removed: [], merged_from: [], note: null, command: 'tick', attachment: null, oldest_sent_ms: null };
  expect(eventsOf([change], [])[0]?.command).toBe('tick');
  expect(eventsOf([{ ...change, kind: 'acknowledged', command: 'acknowledge' }], [])[0]?.command).toBeNull();
});

test('a screen is found by its address, anything else is the live one', () => {
  expect(SCREENS.map((one) => screenOf(addressOf(one)))).toEqual([...SCREENS]);
  expect(screenOf('')).toBe('live');
  expect(screenOf('#/nowhere')).toBe('live');
  expect(['a/b', 'ga Dĩ An', ''].map((part) => partOf(addressOf('areas', part)))).toEqual(['a/b', 'ga Dĩ An', '']);
  expect(partOf('#/live/100%')).toBe('100%');
});

test('a day in words has its month as a word', () => {
  expect([dayInWords('2026-04-03', 'vi'), dayInWords('2026-04-03', 'en')]).toEqual(['Thứ Sáu, 3 tháng 4', 'Friday 3 April']);
});
