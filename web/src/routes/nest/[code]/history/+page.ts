import { error } from '@sveltejs/kit';
import { filterOf } from '$lib/history';
import { parseCode } from '$lib/nest/permissions';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, parent }) => {
  const code = parseCode(params.code);
  if (code === null) error(404);
  const filter = filterOf(url.searchParams);
  await (await parent()).i18n.need('history');
  return { code, filter };
};
