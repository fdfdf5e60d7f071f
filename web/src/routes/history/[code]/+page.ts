import { redirect } from '@sveltejs/kit';
import type { PageLoad } from './$types';

/** Where it was. The dialect of EchoNest answers `/history/COUNT`, and a code may be a number. */
export const load: PageLoad = ({ params }) => redirect(308, `/nest/${params.code}/history`);
