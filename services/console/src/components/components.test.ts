import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet, flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Asset, Member } from '../lib/api/types';
import { EMPTY } from '../lib/filter';
import { incident } from '../lib/incident.test-data';
import { center } from '../lib/state/center.svelte';
import { desk } from '../lib/state/desk.svelte';
import { picks } from '../lib/state/picks.svelte';
import { place } from '../lib/state/place.svelte';
import { preferences } from '../lib/state/preferences.svelte';
import { session } from '../lib/state/session.svelte';
import Banner from './Banner.svelte';
import CauseGraph from './CauseGraph.svelte';
import Deadlines from './Deadlines.svelte';
import Filters from './Filters.svelte';
import IncidentRow from './IncidentRow.svelte';
import Picks from './Picks.svelte';
import SeverityMark from './SeverityMark.svelte';
import SpanPicker from './SpanPicker.svelte';
import Sure from './Sure.svelte';
import Table from './Table.svelte';
import WallFigures from './WallFigures.svelte';
import Reworked from './parks/Reworked.svelte';

beforeEach(() => {
  center.now = Date.parse('2026-03-04T05:10:00Z');
  center.skew = 0;
  session.roles = ['operator'];
});

afterEach(() => {
  cleanup();
  picks.clear();
  preferences.language = 'vi';
  desk.filter = { ...EMPTY };
});

test('what cannot be taken back asks once more, and Enter twice on one place leaves it', async () => {
  let done = 0;
  render(Sure, { name: 'remove', label: 'Xóa', question: 'Xóa hẳn?', busy: false, act: async () => void (done += 1) });
  await fireEvent.click(screen.getByText('Xóa…'));
  await expect.poll(() => document.activeElement?.textContent).toBe('Thôi');
  expect(screen.getByText(/Xóa hẳn/)).toBeTruthy();
  await fireEvent.click(document.activeElement!);
  await expect.poll(() => document.activeElement?.textContent).toBe('Xóa…');
  expect(done).toBe(0);
  await fireEvent.click(screen.getByText('Xóa…'));
  await fireEvent.click(screen.getByText('Xóa'));
  expect(done).toBe(1);
  await expect.poll(() => screen.queryByText(/Xóa hẳn/)).toBeNull();
});

test('whoever has left a screen open over midnight can turn to the new day', () => {
  preferences.zone = 'Asia/Ho_Chi_Minh';
  render(SpanPicker, { span: 'day', name: '2026-03-04', spans: ['day'] });
  const onwards = screen.getByText('→') as HTMLButtonElement;
  expect(onwards.disabled).toBe(true);
  center.now = Date.parse('2026-03-04T17:00:00Z');
  flushSync();
  expect(onwards.disabled).toBe(false);
});

test("a citizen's report is about the place where it lies, not about the number that it was given", () => {
  const before = place.assets;
  const ward = { id: 'thu-dau-mot', name: 'Thu Dau Mot', name_vi: 'Phường Thủ Dầu Một' } as Asset;
  place.assets = new Map([[ward.id, ward]]);
  const report = { kind: 'report.flood', asset: 'report-5e1', measures: null, zone: ward.id };
  expect(place.subject(report)).toBe('Phường Thủ Dầu Một');
  expect(place.subject({ ...report, zone: 'unknown' })).toBe('report-5e1');
  expect(place.subject({ ...report, kind: 'road.flooded', asset: 'cam-17' })).toBe('cam-17');
  place.assets = before;
});

test('a row tells title, age, state and the time that is left, and picks with its box', async () => {
  render(IncidentRow, { incident: incident({ acknowledge_due: { at: '2026-03-04T05:12:00Z', level: 0 }, zones: ['thuan-an'] }) });
  const row = screen.getByRole('button');
  expect(row.textContent).toContain('Mất điện tại lộ 471');
  expect(row.textContent).toContain('10 phút');
  expect(row.textContent).toContain('Mới');
  expect(row.textContent).toContain('thuan-an');
  expect(row.textContent).toContain('cần xác nhận trong 2 phút');
  await fireEvent.click(screen.getByRole('checkbox'));
  expect(picks.ids.has('inc-1')).toBe(true);
  await fireEvent.click(row, { ctrlKey: true });
  expect(picks.ids.has('inc-1')).toBe(false);
});

test('hours that are worked out again are told with how far it is, the present ones are not', async () => {
  const { rerender } = render(Reworked, { due: 3 });
  expect(screen.queryByRole('status')).toBeNull();
  await rerender({ due: 200 });
  expect(screen.getByRole('status').textContent).toContain('200 giờ');
  await rerender({ due: 50 });
  expect(screen.getByRole<HTMLProgressElement>('progressbar').value).toBe(150);
  await rerender({ due: 1 });
  expect(screen.queryByRole('status')).toBeNull();
});

test('a viewer has nothing to pick', () => {
  session.roles = ['viewer'];
  render(IncidentRow, { incident: incident() });
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test('the language of a row changes without drawing it anew', () => {
  render(IncidentRow, { incident: incident() });
  const row = screen.getByRole('button');
  flushSync(() => (preferences.language = 'en'));
  expect(screen.getByRole('button')).toBe(row);
  expect(row.textContent).toContain('Power outage at Feeder 471');
});

test('a deadline that has passed says so, and how often it was escalated', () => {
  render(Deadlines, { incident: incident({ resolve_due: { at: '2026-03-04T05:00:00Z', level: 2 } }) });
  const text = document.querySelector('[data-due=resolve]');
  expect(text?.textContent).toContain('quá hạn khắc phục 10 phút');
  expect(text?.textContent).toContain('lần 2');
  expect(text?.classList.contains('over')).toBe(true);
});

test('a severity is a shape with a letter and a name, one that is not known looks like a warning', () => {
  const { rerender } = render(SeverityMark, { severity: 'critical' });
  expect(screen.getByRole('img', { name: 'Nghiêm trọng' }).textContent).toContain('C');
  void rerender({ severity: 'unheard-of' });
  flushSync();
  expect(document.querySelector('circle')).not.toBeNull();
});

test('chips filter and take back', async () => {
  render(Filters);
  const chip = screen.getByRole('button', { name: 'Nghiêm trọng' });
  await fireEvent.click(chip);
  expect(desk.filter.severities).toEqual(['critical']);
  expect(chip.getAttribute('aria-pressed')).toBe('true');
  await fireEvent.click(chip);
  expect(desk.filter.severities).toEqual([]);
});

test('the bar of picks counts and lets go', async () => {
  picks.toggle('a');
  picks.toggle('b');
  render(Picks);
  expect(screen.getByText('Đã chọn 2')).toBeTruthy();
  await fireEvent.click(screen.getByRole('button', { name: 'Bỏ' }));
  expect(picks.ids.size).toBe(0);
});

test('figures of the wall count each zone that an incident touches', () => {
  render(WallFigures, { incidents: [incident({ zones: ['a', 'b'] }), incident({ id: 'inc-2', zones: ['b'] })] });
  const rows = [...document.querySelectorAll('dl')].at(-1)?.textContent?.replace(/\s+/g, '');
  expect(rows).toBe('b2a1');
});

test('an exercise is named on every screen, in both languages', () => {
  place.exercise = 'Diễn tập 2026-11';
  render(Banner);
  expect(screen.getByText(/DIỄN TẬP: Diễn tập 2026-11/)).toBeTruthy();
  preferences.language = 'en';
  flushSync();
  expect(screen.getByText(/EXERCISE: Diễn tập 2026-11/)).toBeTruthy();
  place.exercise = null;
  flushSync();
  expect(screen.queryByText(/EXERCISE/)).toBeNull();
});

test('a list that could not be sent whole says so', () => {
  center.cut = true;
  render(Banner);
  expect(screen.getByRole('status').textContent).toContain('sự cố nặng nhất');
  center.cut = false;
  flushSync();
  expect(screen.queryByRole('status')).toBeNull();
});

test('a stage that has not reported at all is told like one that lags', () => {
  center.connection = 'on';
  center.missing = ['detect'];
  render(Banner);
  screen.getByText(/⚠ Xử lý đang chậm: .+ im lặng/);
  expect(screen.getByRole('alert').textContent).toMatch(/Xử lý đang chậm/);
  center.missing = [];
  flushSync();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('a lost line is called out once, however its seconds are counted', () => {
  center.connection = 'off';
  center.heardAt = center.now;
  render(Banner);
  const [called, shown] = [screen.getByRole('alert').textContent, screen.getByText(/⚠/).textContent];
  center.now += 30_000;
  flushSync();
  expect(screen.getByText(/⚠/).textContent).not.toBe(shown);
  expect(screen.getByRole('alert').textContent).toBe(called);
  center.connection = 'on';
});

test('while a cause is only suspected, no effect is called the root cause', async () => {
  const signal = (id: string) =>
    ({ id, kind: 'traffic.signal_dark', asset: id, state: 'active', severity: 'major', raised_at: '2026-03-04T05:00:00Z', cleared_at: null, measures: null, zone: 'z' }) as Member['signal'];
  const members = ['a', 'b'].map((id) => ({ signal: signal(id), group: id, because: null, why: '', why_vi: '' }));
  const { rerender } = render(CauseGraph, { members, root: null });
  expect(screen.queryByText('nguyên nhân gốc')).toBeNull();
  await rerender({ members, root: 'b' });
  expect(screen.getByText('nguyên nhân gốc').closest('li')?.textContent).toContain('b');
});

test('a table is reached by the keyboard under its name, and a hidden title is there for who cannot see it', () => {
  const children = createRawSnippet(() => ({ render: () => '<tbody><tr><td>1</td></tr></tbody>' }));
  render(Table, { label: 'Giao nhận', columns: ['Lúc', ['Số lần', 'number'], ['Mở', 'hidden']], children });
  expect(screen.getByRole('group', { name: 'Giao nhận' }).tabIndex).toBe(0);
  const heads = screen.getAllByRole('columnheader');
  expect(heads.map((head) => head.textContent)).toEqual(['Lúc', 'Số lần', 'Mở']);
  expect(heads.map((head) => head.className)).toEqual(['', 'number', '']);
  expect(heads[2]?.querySelector('.hidden')).not.toBeNull();
});
