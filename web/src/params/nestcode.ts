import { parseCode } from '$lib/nest/permissions';

/** A path that is nothing but a nest's code. */
export function match(text: string): boolean {
  return parseCode(text) !== null;
}
