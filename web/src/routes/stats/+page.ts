import { parseCode } from '$lib/nest/permissions';
import { RANGES_DAYS } from '$lib/stats';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, parent }) => {
  await (await parent()).i18n.need('stats');
  return {
    nest: parseCode(url.searchParams.get('nest') ?? ''),
    days: RANGES_DAYS.find((days) => `${days}` === url.searchParams.get('days')) ?? (30 as const)
  };
};
