import type { AutofillRules, AutofillWeights } from '$lib/api/types';

export type Strategy = keyof AutofillWeights;

/** The ways in which a nest finds songs by itself, in the order the settings show them. */
export const STRATEGIES = [
  'genre',
  'artist',
  'album',
  'collaborators',
  'sound',
  'favourites',
  'throwback',
  'library'
] as const satisfies readonly Strategy[];

/** How a nest starts. */
export const USUAL_WEIGHTS: Readonly<AutofillWeights> = {
  genre: 35,
  artist: 20,
  album: 5,
  collaborators: 10,
  sound: 10,
  favourites: 15,
  throwback: 30,
  library: 5
};
export const WEIGHT_MAX = 100;
export const DEPTH_MAX = 10;
export const GENRE_CHARACTERS_MAX = 60;

/** Times to choose from, in minutes and days; what is set otherwise is among them. */
export const STREAKS_MINUTES: readonly number[] = [0, 30, 60, 120, 240, 480, 1440, 10_080];
export const FILTERS_DAYS: readonly number[] = [0, 1, 3, 7, 14, 30, 90, 365];

export const withSet = (choices: readonly number[], set: number): number[] =>
  [...new Set([...choices, set])].sort((a, b) => a - b);

/** How much of the time each strategy is asked first, 0 to 1. */
export function shares(weights: AutofillWeights): AutofillWeights {
  const total = STRATEGIES.reduce((sum, strategy) => sum + weights[strategy], 0);
  const share = (strategy: Strategy): [Strategy, number] => [
    strategy,
    total === 0 ? 0 : weights[strategy] / total
  ];
  return Object.fromEntries(STRATEGIES.map(share)) as AutofillWeights;
}

export const sameWeights = (a: AutofillWeights, b: AutofillWeights): boolean =>
  STRATEGIES.every((strategy) => a[strategy] === b[strategy]);

export const sameRules = (a: AutofillRules, b: AutofillRules): boolean =>
  a.depth === b.depth &&
  a.streak_minutes_max === b.streak_minutes_max &&
  a.filter_days === b.filter_days &&
  a.genre === b.genre &&
  sameWeights(a.weights, b.weights);
