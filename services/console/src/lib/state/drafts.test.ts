import { afterEach, expect, test } from 'vitest';
import { draft, draftsOf, keep } from './drafts';

afterEach(() => sessionStorage.clear());

test('a draft is kept for whoever wrote it until nothing of it is left, and nobody else finds it', () => {
  draftsOf('an');
  keep('inc-1 note', { note: 'Đã gọi đội 3', attachment: '' });
  expect(draft('inc-1 note')).toEqual({ note: 'Đã gọi đội 3', attachment: '' });
  expect(draft('inc-2 note')).toBeNull();
  draftsOf('an');
  expect(draft('inc-1 note')).not.toBeNull();
  draftsOf('an/inc-1 note');
  expect(sessionStorage.length).toBe(0);
  keep('silence', { reason: 'Thay đồng hồ', hours: 4 });
  keep('silence', { reason: '', hours: 4 });
  keep('handover', '');
  expect(sessionStorage.length).toBe(0);
});
