import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The built style is one sheet: a block that nobody closed would swallow what follows in it. */
test('every block of style is closed', () => {
  const styles = (text: string, name: string) => (name.endsWith('.css') ? text : (/<style>(.*)<\/style>/s.exec(text)?.[1] ?? ''));
  const files = globSync('src/**/*.{css,svelte}');
  expect(files.length).toBeGreaterThan(40);
  for (const file of files) {
    let depth = 0;
    for (const mark of styles(readFileSync(file, 'utf8'), file).match(/[{}]/g) ?? []) {
      depth += mark === '{' ? 1 : -1;
      expect(depth, file).toBeGreaterThanOrEqual(0);
    }
    expect(depth, file).toBe(0);
  }
});
