import { expect, test } from 'vitest';
import type { Change, Incident, Member } from './api/types';
import { happened, membersAt, Reel } from './past';

const BEGIN = Date.parse('2026-11-28T05:00:00Z');
const moment = (seconds: number) => BEGIN + seconds * 1000;
const was = (id: string, state: string, version: number) => ({ id, state, version }) as Incident;
const change = (seconds: number, id: string, state: string, version: number, more: Partial<Change> = {}) =>
  ({ incident_id: id, version, at: new Date(moment(seconds)).toISOString(), incident: was(id, state, version), added: [], removed: [], ...more }) as Change;
const states = (found: ReadonlyMap<string, Incident>) => Object.fromEntries([...found].map(([id, one]) => [id, one.state]));

const reel = () => new Reel([was('a', 'open', 1)], [change(10, 'a', 'acknowledged', 2), change(20, 'b', 'open', 1), change(30, 'a', 'resolved', 3)]);

test('a moment shows what stood before and what has changed since', () => {
  const found = reel();
  expect(states(found.picture(moment(0)))).toEqual({ a: 'open' });
  expect(states(found.picture(moment(20)))).toEqual({ a: 'acknowledged', b: 'open' });
  expect(states(found.picture(moment(99)))).toEqual({ a: 'resolved', b: 'open' });
});

test('going back shows the same as having come from the beginning', () => {
  const found = reel();
  found.picture(moment(99));
  expect(states(found.picture(moment(15)))).toEqual(states(reel().picture(moment(15))));
});

test('as long as nothing changes it is the same picture', () => {
  const found = reel();
  expect(found.picture(moment(11))).toBe(found.picture(moment(19)));
});

test('one steps from change to change, and sees where much happened', () => {
  expect(reel().neighbour(moment(10), 1)).toBe(moment(20));
  expect(reel().neighbour(moment(10), -1)).toBeNull();
  expect(reel().density(moment(0), moment(40), 4)).toEqual([0, 1, 1, 1]);
});

test('an incident has the members that it had then, and what cleared later was active', () => {
  const later = new Date(moment(50)).toISOString();
  const members = ['s1', 's2', 's3'].map((id) => ({ signal: { id, cleared_at: later, state: 'cleared' } }) as Member);
  const changes = [change(1, 'a', 'open', 1, { added: ['s1', 's2'] }), change(9, 'x', 'open', 1, { added: ['s3'] }), change(20, 'a', 'open', 2, { added: ['s3'], removed: ['s2'] })];
  const ids = (at: number) => membersAt(members, changes, 'a', moment(at)).map(({ signal }) => `${signal.id} ${signal.state}`);
  expect(ids(10)).toEqual(['s1 active', 's2 active']);
  expect(ids(60)).toEqual(['s1 cleared', 's3 cleared']);
  expect(happened(changes, moment(9)).length).toBe(2);
});
