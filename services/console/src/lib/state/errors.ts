/** Every error says what to do. */
import { Problem } from '../api/client';
import type { Incident } from '../api/types';
import { t } from './preferences.svelte';

/** One sentence for a person. */
export function sentence(problem: unknown): string {
  if (!(problem instanceof Problem)) return t('error.invalid', { detail: String(problem) });
  if (problem.status === 0) return t('error.offline');
  if (problem.status === 401) return t('error.session');
  if (problem.status >= 500) return t('error.unavailable', { detail: problem.message });
  return t('error.invalid', { detail: problem.message });
}

/** The incident as it is now, when the problem is a conflict that carries it. */
export function currentOf(problem: unknown): Incident | null {
  if (!(problem instanceof Problem) || problem.status !== 409) return null;
  return (problem.document.current as Incident | undefined) ?? null;
}
