import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, parent }) => {
  await (await parent()).i18n.need('library');
  return { find: url.searchParams.get('find') ?? '' };
};
