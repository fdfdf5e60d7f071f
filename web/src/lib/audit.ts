import type { AuditEntry } from '$lib/api/types';

/** Who a line of the audit log is about. */
export type Author = { kind: 'person'; name: string } | { kind: 'gone' | 'unknown' | 'rookery' };

/**
 * Who did it. Where the server names nobody, it was somebody it could not recognise, who came over the network, or the
 * server itself, which did not.
 */
export function author({ action, by, by_name: name, network }: AuditEntry): Author {
  if (name) return { kind: 'person', name };
  if (by) return { kind: 'gone' };
  return { kind: network !== '' || action === 'sign_in_failed' ? 'unknown' : 'rookery' };
}
