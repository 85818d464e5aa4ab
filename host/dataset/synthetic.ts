import { InteractionTable } from './interaction-table.ts';
import type { Dataset } from './interactions.ts';
import { uniform } from './uniform.ts';

export interface SyntheticOptions {
  /** Default 1. The same options give the same dataset. */
  readonly seed?: number;
  /** Default 200. */
  readonly users?: number;
  /** Default 120. */
  readonly items?: number;
  /** Mean number of interactions of a user, at least 3. Default 20. */
  readonly meanPerUser?: number;
}

const genreNames = ['Action', 'Comedy', 'Drama', 'Horror', 'Romance', 'Sci-Fi', 'Western'];
const openings = ['The Last', 'A Quiet', 'Return of the', 'Beyond the', 'My', 'Midnight', 'Lost'];
const nouns: Readonly<Record<string, readonly string[]>> = {
  Action: ['Chase', 'Commando', 'Heist', 'Bullet'],
  Comedy: ['Wedding Disaster', 'Roommate', 'Holiday Mix-up', 'Clown'],
  Drama: ['Family', 'Trial', 'Letter', 'Winter'],
  Horror: ['Haunted House', 'Vampire', 'Curse', 'Scream'],
  Romance: ['Love Affair', 'Kiss', 'Summer of Love', 'Sweetheart'],
  'Sci-Fi': ['Starship', 'Robot', 'Galaxy', 'Time Machine'],
  Western: ['Gunslinger', 'Sheriff', 'Frontier', 'Cowboy'],
};

/**
 * A small made-up dataset for tests and for trying things where MovieLens is not at hand. Each user
 * favours one or two genres, popularity is skewed, taste shows in choice and rating, and titles hint at
 * genres, so that collaborative and text signals both exist. Every user has at least 3 interactions.
 */
export function syntheticDataset(options: SyntheticOptions = {}): Dataset {
  const { seed = 1, users = 200, items = 120, meanPerUser = 20 } = options;
  const random = uniform(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const table = new InteractionTable();

  const genresOf = Array.from({ length: items }, () => {
    const first = pick(genreNames);
    const second = pick(genreNames);
    return random() < 0.4 && second !== first ? [first, second] : [first];
  });
  const popularity = genresOf.map(() => (random() + 0.05) ** -0.7);

  const base = 1e9;
  for (let user = 0; user < users; user++) {
    const liked = new Set([pick(genreNames), pick(genreNames)]);
    const fits = genresOf.map((genres) => genres.some((genre) => liked.has(genre)));
    const weights = popularity.map((weight, item) => weight * (fits[item] ? 8 : 1));
    const wanted = Math.min(items, 3 + Math.floor(random() * 2 * Math.max(0, meanPerUser - 3)));
    let total = weights.reduce((sum, weight) => sum + weight, 0);
    let time = base + Math.floor(random() * 1e7);
    for (let count = 0; count < wanted; count++) {
      let target = random() * total;
      let item = 0;
      while (weights[item] === 0 || (target > weights[item] && item < items - 1)) {
        target -= weights[item];
        item = (item + 1) % items;
      }
      total -= weights[item];
      weights[item] = 0;
      const stars = (fits[item] ? 3 : 1.5) + Math.floor(random() * 5) / 2;
      time += Math.floor(random() * 5000);
      table.add(String(user + 1), String(item + 1), Math.min(5, stars), time);
    }
  }
  genresOf.forEach((genres, item) => {
    const title = `${pick(openings)} ${pick(nouns[genres[0]])} (${1950 + (item % 70)})`;
    table.describe(String(item + 1), title, genres.join('|'));
  });
  return table.toDataset('synthetic', 'the synthetic dataset');
}
