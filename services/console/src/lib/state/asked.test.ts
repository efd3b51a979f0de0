import { expect, test } from 'vitest';
import { Asked } from './asked.svelte';

const never = () => new Promise<string>(() => undefined);
const answers = (text: string) => () => Promise.resolve(text);

test('what is asked again stays meanwhile, of another question nothing is left though no answer comes', async () => {
  const asked = new Asked<string>();
  await asked.ask(answers('of 2026'), '2026');
  void asked.ask(never, '2026');
  expect(asked.value).toBe('of 2026');
  void asked.ask(never, '2025');
  expect(asked.value).toBeNull();
  await asked.ask(() => Promise.reject(new Error('down')), '2025');
  expect(asked.value).toBeNull();
  await asked.ask(answers('of 2025'), '2025');
  expect(asked.value).toBe('of 2025');
});
