import { afterEach, expect, test, vi } from 'vitest';
import { listen, type Connection } from './stream';

/** The browser's side of a line: what the server sends, and that it ends. */
class Line extends EventTarget {
  static readonly CLOSED = 2;
  static last: Line;
  readyState = 1;
  onopen = () => {};
  onerror = () => {};
  constructor() {
    super();
    Line.last = this;
  }
  send(frame: { frame: string; reason?: string }): void {
    this.dispatchEvent(new MessageEvent(frame.frame, { data: JSON.stringify(frame) }));
  }
  close(): void {}
}

afterEach(() => vi.unstubAllGlobals());

test('a line that the server renews is no lost one, unless it does not come back', () => {
  vi.stubGlobal('EventSource', Line);
  const told: Connection[] = [];
  const close = listen({ frame: () => {}, connection: (state) => told.push(state), refused: () => {} });
  const line = Line.last;
  const said = () => told.splice(0);
  line.onopen();
  said();
  line.send({ frame: 'reset', reason: 'lifetime' });
  line.onerror();
  line.onopen();
  line.send({ frame: 'ping' });
  expect(said()).not.toContain('off');
  line.onerror();
  expect(said()).toEqual(['off']);
  line.send({ frame: 'reset', reason: 'lifetime' });
  line.onerror();
  line.onerror();
  expect(said()).toEqual(['on', 'off']);
  close();
});
