import { filterOf } from '$lib/history';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, parent }) => {
  const filter = filterOf(url.searchParams);
  await (await parent()).i18n.need('history');
  return { filter };
};
