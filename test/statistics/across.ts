import { independence } from './chi-square.ts';
import type { Evidence } from './evidence.ts';
import { drawSamples, listsOf, nodes, type Sample, type Sampler } from './run-sampler.ts';
import { overlap } from './uniformity.ts';

/** A way to draw samples of one list length: of these nodes, with this key, in this hop. */
export type Drawer = (seeds: Uint32Array, key: number, hop: number) => Sample[];

export function drawerOf(sampler: Sampler, fanout: number, degree: number, replace = 0): Drawer {
  const lists = listsOf([degree]);
  return (seeds, key, hop) =>
    drawSamples(sampler, { parameters: { fanout, replace }, lists, seeds, key, hop });
}

/** Tells whether samples of two runs, row by row, are independent of each other. */
type Compare = (name: string, first: readonly Sample[], second: readonly Sample[]) => Evidence;

/** Tables of the first draw of one and the other, whose chances are known. */
export function firstDraws(chances: ArrayLike<number>): Compare {
  return (name, first, second) => ({
    name,
    p: independence(
      first.map(({ drawn }, row) => [drawn[0], second[row].drawn[0]] as const),
      chances,
    ),
  });
}

export function inCommon(fanout: number): Compare {
  return (name, first, second) => overlap(name, first, second, fanout);
}

export function evenChances(degree: number): readonly number[] {
  return Array.from({ length: degree }, () => 1 / degree);
}

/**
 * Whether a node's sample depends on that in another hop, that with another key, or that of another node.
 * Each trial has a node of its own, so the trials of one comparison are independent.
 */
export function across(
  name: string,
  draw: Drawer,
  compare: Compare,
  rows: number,
  key: number,
): Evidence[] {
  const seeds = nodes(rows);
  const base = draw(seeds, key, 1);
  const keys = [1, 2, 1 << 16, 1 << 31].map((step) => (key + step) >>> 0);
  const pairsOf = (apart: number) => {
    // Blocks of 2 · apart nodes: the first half against the second, so that no node is in two pairs.
    const first = base.filter((_, node) => node % (2 * apart) < apart);
    const second = base.filter((_, node) => node % (2 * apart) >= apart);
    return compare(`${name}: nodes v and v + ${apart}`, first, second);
  };
  const second = draw(seeds, key, 2);
  const flipped = seeds.map((node) => node ^ 1);
  const next = seeds.map((node) => node + 1);
  return [
    compare(`${name}: nodes v and v ^ 1, keys c and c ^ 1`, base, draw(flipped, key ^ 1, 1)),
    compare(`${name}: nodes v and v + 1, keys c and c − 1`, base, draw(next, key - 1, 1)),
    compare(`${name}: hops 1 and 2`, base, second),
    compare(`${name}: hops 2 and 3`, second, draw(seeds, key, 3)),
    ...keys.map((other) =>
      compare(`${name}: keys ${key} and ${other}`, base, draw(seeds, other, 1)),
    ),
    ...[1, 2, 16, 256].map(pairsOf),
  ];
}
