import { expect, test } from 'vitest';
import { admin } from './admin';
import { duty } from './duty';
import { figures } from './figures';
import { live } from './live';
import { rules } from './rules';
import { sources } from './sources';
import { fill, textOf, WORDS } from './words';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('no part of the catalogue says again what another says', () => {
  const keys = [admin, duty, figures, live, rules, sources].flatMap((part) => Object.keys(part));
  expect(keys.sort()).toEqual(Object.keys(WORDS).sort());
});

test('no text is empty and both languages fill the same places', () => {
  for (const [key, [vi, en]] of Object.entries(WORDS)) {
    expect(vi, key).not.toBe('');
    expect(places(en), key).toEqual(places(vi));
  }
});

test('a text is said in the language asked for', () => {
  expect([textOf(WORDS['login.title'], 'vi'), textOf(WORDS['login.title'], 'en')]).toEqual(['Đăng nhập', 'Sign in']);
});

test('a place is filled and an unknown one stays visible', () => {
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
});
