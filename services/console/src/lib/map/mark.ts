/** The element of a mark, the same on every map: shape, letter, count and a label. Readers and keys have the list. */
import { look, rank } from '../severity';
import type { Arrow, Mark } from './view';

const SVG = 'http://www.w3.org/2000/svg';

function shape(severity: string): SVGElement {
  const { points, fill, letter, ink } = look(severity);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '-1 -1 26 26');
  const body = document.createElementNS(SVG, points ? 'polygon' : 'circle');
  if (points) body.setAttribute('points', points);
  else for (const [name, value] of [['cx', 12], ['cy', 12], ['r', 11]] as const) body.setAttribute(name, String(value));
  body.setAttribute('fill', fill);
  body.setAttribute('class', 'body');
  const text = document.createElementNS(SVG, 'text');
  text.setAttribute('x', '12');
  text.setAttribute('y', severity === 'major' ? '19.5' : '16.5');
  text.setAttribute('fill', ink);
  text.textContent = letter;
  svg.append(body, text);
  return svg;
}

/** For the pointer only; `choose` on click. */
export function markElement(mark: Mark, choose: (mark: Mark) => void): HTMLElement {
  const element = document.createElement('div');
  element.className = 'mark';
  element.classList.toggle('selected', mark.selected);
  element.classList.toggle('acknowledged', mark.acknowledged);
  element.classList.toggle('labelled', mark.labelled);
  element.ariaHidden = 'true';
  element.dataset.incident = mark.id;
  element.append(shape(mark.severity));
  if (mark.count > 1) {
    const count = document.createElement('span');
    count.className = 'count';
    count.textContent = String(mark.count);
    element.append(count);
  }
  const label = document.createElement('span');
  label.className = 'label';
  label.textContent = mark.label;
  element.append(label);
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    choose(mark);
  });
  return element;
}

/** What must differ before an element is made anew. */
export function markKey(mark: Mark): string {
  return [mark.severity, mark.label, mark.count, mark.selected, mark.acknowledged, mark.labelled, ...mark.position].join('|');
}

/** Where it lies: the worse on top of the others, the selected one on top of all. */
export function markOrder(mark: Mark): number {
  return mark.selected ? 10 : 5 - rank(mark.severity);
}

/** The element of an arrow, the same on every map. */
export function arrowElement({ kind, bearing, label }: Arrow): HTMLElement {
  const element = document.createElement('div');
  element.className = `arrow ${kind}`;
  element.ariaHidden = 'true';
  element.title = label;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', 'M10 18V3M5 8l5-5 5 5');
  line.setAttribute('transform', `rotate(${Math.round(bearing)} 10 10)`);
  svg.append(line);
  element.append(svg);
  return element;
}

export const arrowKey = ({ id, bearing, label }: Arrow) => `${id}|${Math.round(bearing)}|${label}`;

/** Where something is being put by hand. */
export function pinElement(): HTMLElement {
  const pin = document.createElement('div');
  pin.className = 'pin';
  return pin;
}
