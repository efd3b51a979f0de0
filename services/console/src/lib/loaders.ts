/** Where each screen beside the live one comes from: fetched when it is first opened, so that the first paint stays early. */
import type { Component } from 'svelte';
import type { Screen } from './state/screens.svelte';

export const LOADERS: Record<Exclude<Screen, 'live'>, () => Promise<{ default: Component }>> = {
  rules: () => import('../components/rules/Rules.svelte'),
  sources: () => import('../components/sources/Sources.svelte'),
  silences: () => import('../components/Silences.svelte'),
  handover: () => import('../components/HandOver.svelte'),
  indicators: () => import('../components/indicators/Indicators.svelte'),
  replay: () => import('../components/replay/Replay.svelte'),
  areas: () => import('../components/areas/Areas.svelte'),
  parks: () => import('../components/parks/Parks.svelte'),
  day: () => import('../components/day/Day.svelte'),
  hooks: () => import('../components/hooks/Hooks.svelte'),
  admin: () => import('../components/admin/Admin.svelte'),
};
