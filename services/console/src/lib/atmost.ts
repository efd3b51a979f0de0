/** A text that is too long stays whole and says so: `maxlength` would cut what is pasted without a word. */
import { t } from './state/preferences.svelte';

export function atMost(field: HTMLInputElement | HTMLTextAreaElement, most: number) {
  const look = () => {
    const over = field.value.length - most;
    field.setCustomValidity(over > 0 ? t('form.long', { most, over }) : '');
    if (over > 0) field.reportValidity();
  };
  field.addEventListener('input', look);
  return { destroy: () => field.removeEventListener('input', look) };
}
