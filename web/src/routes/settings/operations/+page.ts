import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  await (await parent()).i18n.need('settings', 'operations');
};
