const QUIET = 0.06;

/** Peaks (0 to 255) as `count` bar heights from 0 to 1. Without peaks: a low, even line. */
export function bars(peaks: readonly number[], count: number): number[] {
  if (peaks.length === 0) return Array.from({ length: count }, () => QUIET);
  const loudest = Math.max(1, ...peaks);
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / count));
    let peak = 0;
    for (let index = from; index < to; index += 1) peak = Math.max(peak, peaks[index] ?? 0);
    return Math.max(QUIET, peak / loudest);
  });
}
