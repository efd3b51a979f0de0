import { expect, test } from 'vitest';
import expected from '../../../../tests/unit/units_written.json';
import { spelled } from './units';

test('units are written as people write them, what nobody says is left out: as the center writes them too', () => {
  for (const [unit, [english, vietnamese]] of Object.entries(expected)) {
    expect([unit, spelled(unit, 'en'), spelled(unit, 'vi')]).toEqual([unit, english, vietnamese]);
  }
});
