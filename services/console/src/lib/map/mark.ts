/** The element of a mark, the same on every map: shape, letter, count and a label; a button for keyboard and reader. */
import { look } from '../severity';
import type { Mark } from './view';

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

/** A button; `choose` on click. */
export function markElement(mark: Mark, choose: (mark: Mark) => void): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'mark';
  button.classList.toggle('selected', mark.selected);
  button.classList.toggle('acknowledged', mark.acknowledged);
  button.classList.toggle('labelled', mark.labelled);
  button.tabIndex = -1;
  button.dataset.incident = mark.id;
  button.setAttribute('aria-label', mark.count > 1 ? `${mark.label} (+${mark.count - 1})` : mark.label);
  button.append(shape(mark.severity));
  if (mark.count > 1) {
    const count = document.createElement('span');
    count.className = 'count';
    count.textContent = String(mark.count);
    button.append(count);
  }
  const label = document.createElement('span');
  label.className = 'label';
  label.textContent = mark.label;
  button.append(label);
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    choose(mark);
  });
  return button;
}

/** What must differ before an element is made anew. */
export function markKey(mark: Mark): string {
  return [mark.severity, mark.label, mark.count, mark.selected, mark.acknowledged, ...mark.position].join('|');
}
