/** What a rule, a condition or a limit says, as a sentence. */
import type { Body, Shelf } from './api/judging';
import { filled } from './forms';
import { place } from './state/place.svelte';
import { named, preferences, t } from './state/preferences.svelte';
import { dayText, duration, number } from './time';
import type { Word } from './words/words';

type Range = { min?: number; max?: number };
const list = (value: unknown) => (Array.isArray(value) ? (value as string[]) : []);
const kinds = (value: unknown) => list(value).map((one) => place.kind(one)).join(', ');
const seconds = (value: unknown) => duration(Number(value ?? 0), preferences.language);
const figure = (value: unknown) => number(Number(value ?? 0), preferences.language, 3);

/** `feeds 1–8 → controls`: the way in the dependency graph. */
function way(hops: unknown): string {
  const said = (Array.isArray(hops) ? (hops as (Range & { relation: string; against?: boolean })[]) : []).map(({ relation, against, min = 1, max = 1 }) => {
    const edges = min === max ? (max === 1 ? '' : ` ×${max}`) : ` ×${min}–${max}`;
    return `${against ? '←' : ''}${relation}${edges}`;
  });
  return said.join(' → ');
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
  const delay = filled(body.delay_max) || filled(body.delay_min) ? `${seconds(body.delay_min)} – ${seconds(body.delay_max)}` : seconds(0);
  const said = t('says.cause', { causes: kinds(body.causes), effects: kinds(body.effects), delay: body.delay_per_hop ? t('says.perhop', { delay }) : delay, where: where(body) });
  const more = list(body.conditions).length ? ` ${t('says.cause.if', { kinds: kinds(body.conditions) })}` : '';
  const suspected = filled(body.suspect_from) ? ` ${t('says.cause.suspect', { count: figure(body.suspect_from), span: seconds(body.suspect_within ?? 120) })}` : '';
  return said + more + suspected;
}

function pattern(body: Body): string {
  const parts = (Array.isArray(body.parts) ? (body.parts as Body[]) : []).map((part) => {
    const count = Number(part.count ?? 1) > 1 ? `${figure(part.count)}× ` : '';
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
  return t('says.same', { kinds: kinds(same.kinds), span: seconds(same.within_s), where: where(same) });
}

const TESTS = ['above', 'below', 'limit', 'deviation', 'absent_for', 'stuck_for', 'copied_for', 'state'] as const;

function condition(row: Body): string {
  const test = TESTS.find((one) => filled(row[one])) ?? 'above';
  const unit = place.domains.find(({ quantities }) => String(row.quantity) in quantities)?.quantities[String(row.quantity)]?.unit ?? '';
  const [value, timed] = [row[test], test.endsWith('_for')];
  const said = t(`says.test.${test}` as Word, { quantity: place.quantity(String(row.quantity)), value: timed ? seconds(value) : typeof value === 'number' ? figure(value) : String(value), unit });
  const held = Number(row.for ?? 0) > 0 ? ` ${t('says.for', { span: seconds(row.for) })}` : '';
  const over = Number(row.over ?? 0) > 0 ? ` (${named('option', String(row.function ?? 'mean'))}, ${seconds(row.over)})` : '';
  return t('says.condition', { test: said + over + held, kind: place.kind(String(row.kind)) });
}

function limit(row: Body): string {
  const day = (value: unknown) => dayText(String(value), preferences.language);
  const said = [`${figure(row.value)} ${String(row.unit ?? '')}`];
  if (Number(row.averaging_s ?? 0) > 0) said.push(t('says.limit.over', { span: seconds(row.averaging_s) }));
  if (row.asset) said.push(t('says.limit.asset', { asset: place.called(String(row.asset)) }));
  if (row.valid_from) said.push(t('says.limit.from', { from: day(row.valid_from) }));
  if (row.valid_to) said.push(t('says.limit.until', { to: day(row.valid_to) }));
  return `${said.join(', ')}.`;
}

const SAID: Record<Shelf, (row: Body) => string> = { rules: rule, conditions: condition, limits: limit };

/** One sentence in the chosen language. */
export const said = (shelf: Shelf, row: Body) => SAID[shelf](row);
