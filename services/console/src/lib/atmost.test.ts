import { expect, test } from 'vitest';
import { atMost } from './atmost';

test('what is too long stays whole and says by how much', () => {
  const field = document.createElement('textarea');
  const told: boolean[] = [];
  field.reportValidity = () => Boolean(told.push(true));
  const { destroy } = atMost(field, 5);
  const write = (text: string) => {
    field.value = text;
    field.dispatchEvent(new Event('input'));
  };
  write('12345');
  expect(field.validationMessage).toBe('');
  write('12345678');
  expect(field.value).toBe('12345678');
  expect(field.validationMessage).toBe('Dài quá 3 ký tự: nhiều nhất 5.');
  expect(told).toEqual([true]);
  write('1234');
  expect(field.checkValidity()).toBe(true);
  destroy();
});
