/** What was chosen or done is where one goes on, by keyboard too and where a list fills the screen. */
import { tick } from 'svelte';

export const goOn = (selector: string) => void tick().then(() => document.querySelector<HTMLElement>(selector)?.focus());
