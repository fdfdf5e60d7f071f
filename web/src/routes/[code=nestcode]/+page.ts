import { redirect } from '@sveltejs/kit';
import { parseCode } from '$lib/nest/permissions';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ params }) => {
  redirect(307, `/nest/${parseCode(params.code) ?? params.code}`);
};
