import { error } from '@sveltejs/kit';
import { parseCode } from '$lib/nest/permissions';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ params }) => {
  const code = parseCode(params.code);
  if (code === null) error(404);
  return { code };
};
