import type { PlayQuery } from '$lib/history';

/** Where what a nest has played is served as a table; null: what all have. */
export function tableOf(code: string | null, asked: PlayQuery): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, `${value}`);
  const where = code === null ? '' : `/nests/${encodeURIComponent(code)}`;
  return `/api/v1${where}/plays.csv?${query}`;
}
