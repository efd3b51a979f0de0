/** Which texts of the map are shown: none covers a mark or another text, and the worse incident goes first. */
import type { Position } from '../api/types';
import { project } from './clusters';
import type { Mark, Name } from './view';

type Box = [left: number, top: number, right: number, bottom: number];

const LETTER_PX = 6.6;
const HALF_HEIGHT_PX = 10;
const HALF_MARK_PX = 17;
/** Widest label of a mark, as app.css cuts it. */
const WIDEST_PX = 165;
const KIND_OF_UNIT = /^(phường|xã|thị trấn) | (ward|commune|township)$/i;

const around = ([x, y]: [number, number], halfWidth: number, halfHeight: number): Box => [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
const meet = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function besideMark(position: Position, text: string, zoom: number): Box {
  const [x, y] = project(position, zoom);
  const left = x + HALF_MARK_PX + 2;
  return [left, y - HALF_HEIGHT_PX, left + Math.min(WIDEST_PX, text.length * LETTER_PX + 16), y + HALF_HEIGHT_PX];
}

/** A unit's name without the word for its rank. */
export function shortened(name: string): string {
  return name.replace(KIND_OF_UNIT, '');
}

/** Takes labels from marks and leaves out names until no two meet; `marks` come worst last, the selected one keeps its label. */
export function uncrowded(marks: Mark[], names: Name[], zoom: number): { marks: Mark[]; names: Name[] } {
  const icons = marks.map(({ position }) => around(project(position, zoom), HALF_MARK_PX, HALF_MARK_PX));
  const texts: Box[] = [];
  const shown = new Array<Mark>(marks.length);
  for (let index = marks.length - 1; index >= 0; index -= 1) {
    const mark = marks[index] as Mark;
    const box = besideMark(mark.position, mark.label, zoom);
    const free = !texts.some((one) => meet(one, box)) && !icons.some((one, other) => other !== index && meet(one, box));
    const labelled = mark.selected || (mark.labelled && free);
    if (labelled) texts.push(box);
    shown[index] = { ...mark, labelled };
  }
  const kept = names.filter(({ position, text }) => {
    const box = around(project(position, zoom), (text.length * LETTER_PX) / 2 + 3, HALF_HEIGHT_PX - 2);
    const free = ![...icons, ...texts].some((one) => meet(one, box));
    if (free) texts.push(box);
    return free;
  });
  return { marks: shown, names: kept };
}
