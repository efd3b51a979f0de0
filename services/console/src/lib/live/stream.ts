/** The live frames over SSE: the browser resumes with Last-Event-ID, this adds the case where it gives up. */
import { FRAME_NAMES, type Frame } from '../api/types';

export type Connection = 'connecting' | 'on' | 'off';

export interface Listener {
  frame(frame: Frame): void;
  connection(state: Connection): void;
  /** The stream was refused for good; it may be the session. */
  refused(): void;
}

const RETRY_MS = 2000;
/** The server pings well within this; longer silence is a dead line. */
const SILENCE_MS = 20_000;

/** Opens the stream; the answer closes it. */
export function listen(listener: Listener, address = '/v1/live'): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heard = Date.now();
  let closed = false;
  /** The server ends each line after a while and says so: that it is renewed is no loss of it. */
  let renewed = false;

  const receive = (event: MessageEvent<string>) => {
    heard = Date.now();
    const frame = JSON.parse(event.data) as Frame;
    renewed = frame.frame === 'reset' && frame.reason === 'lifetime';
    listener.connection('on');
    listener.frame(frame);
  };

  const open = () => {
    source?.close();
    if (closed) return;
    heard = Date.now();
    source = new EventSource(address);
    source.onopen = () => listener.connection('on');
    source.onerror = () => {
      const lost = source?.readyState === EventSource.CLOSED;
      if (lost || !renewed) listener.connection('off');
      renewed = false;
      if (!lost) return;
      listener.refused();
      clearTimeout(timer);
      timer = setTimeout(open, RETRY_MS);
    };
    for (const name of FRAME_NAMES) source.addEventListener(name, receive as EventListener);
  };

  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE_MS) return;
    listener.connection('off');
    open();
  }, 5000);

  listener.connection('connecting');
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearInterval(watch);
    source?.close();
  };
}
