import { expect, test } from 'vitest';
import { en } from './en';
import { vi } from './vi';
import { fill } from './words';

const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('both catalogues have the same keys', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
});

test('no text is empty and both languages fill the same places', () => {
  for (const [key, text] of Object.entries(vi)) {
    expect(text, key).not.toBe('');
    expect(places(en[key as keyof typeof vi]), key).toEqual(places(text));
  }
});

test('a place is filled and an unknown one stays visible', () => {
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
});
