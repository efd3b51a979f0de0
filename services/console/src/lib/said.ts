/** What a rule, a condition or a limit says, as a sentence. */
import type { Body, Shelf } from './api/judging';
import { filled } from './forms';
import { judging } from './state/judging.svelte';
import { place } from './state/place.svelte';
import { amount, named, preferences, t, unitOf } from './state/preferences.svelte';
import { capital, joined, lowered } from './text';
import { dayText, duration, number } from './time';
import type { Word } from './words/words';

type Hop = { relation: string; against?: boolean; min?: number; max?: number };
const list = (value: unknown) => (Array.isArray(value) ? (value as string[]) : []);
const kind = (id: string) => lowered(place.kind(id));
/** Kinds within a sentence: `a, b or c`. */
const kinds = (value: unknown) => joined(list(value).map(kind), 'disjunction', preferences.language);
const seconds = (value: unknown) => duration(Number(value ?? 0), preferences.language);
const figure = (value: unknown) => number(Number(value ?? 0), preferences.language, 3);

/** `“feeds” (1–8 edges), then “controls”`: the way in the dependency graph. */
function way(hops: unknown): string {
  const said = (Array.isArray(hops) ? (hops as Hop[]) : []).map(({ relation, against, min = 1, max = 1 }) => {
    const name = named('relation', relation);
    const hop = against ? t('says.hop.back', { relation: name }) : name;
    return min === 1 && max === 1 ? hop : t('says.hop.edges', { hop, count: min === max ? max : `${min}–${max}` });
  });
  return said.join(t('says.then'));
}

/** When an effect follows its cause. */
function later(body: Body): string {
  const to = seconds(body.delay_max);
  const said = Number(body.delay_min ?? 0) > 0 ? t('says.delay.between', { from: seconds(body.delay_min), to }) : t('says.delay.most', { to });
  return body.delay_per_hop ? t('says.perhop', { delay: said }) : said;
}

function where(body: Body): string {
  const said: string[] = [];
  if (body.same_asset) said.push(t('says.where.asset'));
  if (body.same_zone) said.push(t('says.where.zone'));
  if (way(body.along)) said.push(t('says.where.along', { way: way(body.along) }));
  if (filled(body.within_m)) said.push(t(body.downwind ? 'says.where.downwind' : 'says.where.near', { metres: figure(body.within_m) }));
  return said.join(t('says.or'));
}

function cause(body: Body): string {
  const said = t('says.cause', { causes: capital(kinds(body.causes)), effects: kinds(body.effects), delay: later(body), where: where(body) });
  const more = list(body.conditions).length ? ` ${t('says.cause.if', { kinds: kinds(body.conditions) })}` : '';
  const suspected = filled(body.suspect_from) ? ` ${t('says.cause.suspect', { count: figure(body.suspect_from), span: seconds(body.suspect_within ?? 120) })}` : '';
  return said + more + suspected;
}

function pattern(body: Body): string {
  const parts = (Array.isArray(body.parts) ? (body.parts as Body[]) : []).map((part) => {
    const counted = Number(part.count ?? 1) > 1 ? `${figure(part.count)}× ` : '';
    const count = part.distinct ? t('says.part.distinct', { count: counted }) : counted;
    const head = part.not ? t('says.part.not') : part.cited ? t('says.part.cited') : '';
    return `${head}${count}${kinds(part.kinds)}`;
  });
  const mode = String(body.mode ?? 'all');
  return t(`says.pattern.${mode}` as Word, { parts: parts.join('; '), least: figure(body.least), span: seconds(body.within_s), where: where(body) || t('says.where.city') });
}

function rule(row: Body): string {
  if (row.cause) return cause(row.cause as Body);
  if (row.pattern) return pattern(row.pattern as Body);
  const same = (row.same ?? {}) as Body;
  const all = joined(list(same.kinds).map(kind), 'conjunction', preferences.language);
  return t('says.same', { kinds: capital(all), span: seconds(same.within_s), where: where(same) });
}

const TESTS = ['above', 'below', 'limit', 'deviation', 'absent_for', 'stuck_for', 'copied_for', 'state'] as const;

/** The sentence of a test; of a limit and of a normal by the side that counts. */
function wordOf(test: (typeof TESTS)[number], row: Body): Word {
  if (test === 'limit') return row.side === 'below' ? 'says.test.limit.below' : 'says.test.limit.above';
  if (test !== 'deviation') return `says.test.${test}`;
  if (Number(row.deviation) < 0 || row.side === 'below') return 'says.test.deviation.below';
  return row.side === 'above' ? 'says.test.deviation.above' : 'says.test.deviation';
}

function limitOf({ limit, times }: Body): string {
  const name = judging.limit(String(limit));
  return Number(times ?? 1) === 1 ? t('says.limit', { limit: name }) : t('says.times', { count: figure(times), limit: name });
}

function valueOf(test: string, value: unknown): string {
  if (test.endsWith('_for')) return seconds(value);
  if (test === 'deviation') return figure(Math.abs(Number(value)));
  if (test === 'state') return named('option', String(value));
  return typeof value === 'number' ? figure(value) : String(value);
}

function condition(row: Body): string {
  const test = TESTS.find((one) => filled(row[one])) ?? 'above';
  const quantity = String(row.quantity);
  const said = t(wordOf(test, row), { quantity: place.quantity(quantity), value: test === 'limit' ? limitOf(row) : valueOf(test, row[test]), unit: unitOf(place.unit(quantity)) }).trim();
  const held = Number(row.for ?? 0) > 0 ? ` ${t('says.for', { span: seconds(row.for) })}` : '';
  const over = Number(row.over ?? 0) > 0 ? ` (${named('option', String(row.function ?? 'mean'))}, ${seconds(row.over)})` : '';
  const [first, last] = Array.isArray(row.hours) ? row.hours.map(String) : [];
  const by = first !== undefined && last !== undefined ? ` ${t('says.hours', { first, last })}` : '';
  return t('says.condition', { test: said + over + held + by, kind: place.kind(String(row.kind)) });
}

function limit(row: Body): string {
  const day = (value: unknown) => dayText(String(value), preferences.language);
  const said = [amount(Number(row.value ?? 0), String(row.unit ?? ''), 3)];
  if (Number(row.averaging_s ?? 0) > 0) said.push(t('says.limit.over', { span: seconds(row.averaging_s) }));
  if (row.asset) said.push(t('says.limit.asset', { asset: place.called(String(row.asset)) }));
  if (row.valid_from) said.push(t('says.limit.from', { from: day(row.valid_from) }));
  if (row.valid_to) said.push(t('says.limit.until', { to: day(row.valid_to) }));
  return `${said.join(', ')}.`;
}

const SAID: Record<Shelf, (row: Body) => string> = { rules: rule, conditions: condition, limits: limit };

/** One sentence in the chosen language. */
export const said = (shelf: Shelf, row: Body) => SAID[shelf](row);
