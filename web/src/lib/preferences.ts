/** What this device remembers. Storage may be closed to us (private windows); then nothing is remembered. */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(`rookery.${name}`, JSON.stringify(value));
  } catch {
    // Nothing to do: the setting lives as long as the page.
  }
}

/** The remembered value if it passes `accepts`, else `fallback`. */
export function recall<T>(name: string, accepts: (value: unknown) => value is T, fallback: T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`rookery.${name}`) ?? 'null');
    return accepts(value) ? value : fallback;
  } catch {
    return fallback;
  }
}

/** A number within bounds. */
export const between =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    typeof value === 'number' && value >= least && value <= most;

/** One of these texts. */
export const oneOf =
  <const T extends string>(...choices: T[]) =>
  (value: unknown): value is T =>
    choices.includes(value as T);

/** A yes or no. */
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
