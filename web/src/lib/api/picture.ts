import { initials } from '$lib/format';

/**
 * Where a person's picture is. The one that is made for somebody who brought none shows their initials: with other
 * initials it has another address, so that no browser goes on showing the old one.
 */
export const pictureOf = (id: string, name: string): string =>
  `/api/v1/members/${encodeURIComponent(id)}/avatar?of=${encodeURIComponent(initials(name))}`;
