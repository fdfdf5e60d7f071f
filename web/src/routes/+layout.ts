import { I18n } from '$lib/state/i18n.svelte';
import type { LayoutLoad } from './$types';

export const ssr = false;
export const prerender = false;

/** The language comes before anything is drawn, so that nobody sees another one first. */
export const load: LayoutLoad = async () => {
  const i18n = new I18n();
  await i18n.start();
  return { i18n };
};
