/** The room's sound: one short figure per severity, made in the browser, after an explicit "enable". */
import type { Incident } from './api/types';
import { rank } from './severity';

const FIGURES: Record<string, number[]> = { critical: [880, 660, 880, 660], major: [660, 520], lag: [330, 330] };

let audio: AudioContext | null = null;
let tell: (runs: boolean) => void = () => undefined;

/** Has it told from now on whether the browser lets sound out. */
export function watch(told: (runs: boolean) => void): void {
  tell = told;
}

/** Browsers let sound out only after a click or a key on the page: called outside of one, it may wait for ever. */
export async function wake(): Promise<void> {
  const context = (audio ??= new AudioContext());
  const state = () => tell(context.state === 'running');
  context.onstatechange = state;
  await context.resume();
  state();
}

/** Plays the figure of a severity, or of `lag`. */
export function play(name: string): void {
  const figure = FIGURES[name];
  if (!audio || audio.state !== 'running' || !figure) return;
  figure.forEach((pitch, index) => tone(audio as AudioContext, pitch, index * 0.22));
}

function tone(context: AudioContext, pitch: number, after: number): void {
  const start = context.currentTime + after;
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  oscillator.type = 'triangle';
  oscillator.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.2);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.21);
}

/** Whether an incident deserves a sound now: critical or major, untouched, not suppressed or shelved, and settled (a cause may still come). */
export function calls(incident: Incident, now: number): boolean {
  const settled = incident.settled_at === null || Date.parse(incident.settled_at) <= now;
  return incident.state === 'open' && rank(incident.severity) <= 1 && settled && !incident.suppressed && !incident.shelved;
}
