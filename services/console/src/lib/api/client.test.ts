import { afterEach, expect, test, vi } from 'vitest';
import { all, Problem } from './client';

afterEach(() => vi.unstubAllGlobals());

/** Answers as a list of so many pages does; what it was asked for. */
function pages(count: number): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return Promise.resolve(new Response(JSON.stringify({ items: [asked.length], next: asked.length < count ? `after ${asked.length}` : null })));
  });
  return asked;
}

test('a list is all its pages', async () => {
  const asked = pages(3);
  expect(await all<number>('/v1/things?limit=1')).toEqual([1, 2, 3]);
  expect(asked[2]).toBe('/v1/things?limit=1&cursor=after%202');
});

test('a list that does not end is no list', async () => {
  pages(Infinity);
  await expect(all<number>('/v1/things')).rejects.toBeInstanceOf(Problem);
});
