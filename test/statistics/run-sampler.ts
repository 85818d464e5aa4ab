import { join } from 'node:path';
import { packageRoot } from '../../codegen/support/package-root.ts';
import { goldenKernel } from '../kernels/golden-run.ts';

export type Sampler = Awaited<ReturnType<typeof goldenKernel>>;

export const absent = 0xffffffff;
/** The ids of neighbours are no indices, so that one is not taken for the other. */
const firstId = 70_000;

/** A kernel of a folder as its TypeScript; of the product's own where none is given. */
export function samplerOf(
  kernel: string,
  folder = join(packageRoot(), 'kernels'),
): Promise<Sampler> {
  return goldenKernel(join(folder, `${kernel.replaceAll('_', '-')}.ts`));
}

/** Neighbour lists one behind the other, each id in one list only. */
export interface Lists {
  readonly degrees: readonly number[];
  readonly begins: readonly number[];
  readonly colIdx: Uint32Array;
}

export function listsOf(degrees: readonly number[]): Lists {
  // Not a whole beat, so that no list begins with one by chance only.
  let edges = 5;
  const begins = degrees.map((degree) => {
    const begin = edges;
    edges += degree;
    return begin;
  });
  return { degrees, begins, colIdx: Uint32Array.from({ length: edges }, (_, at) => firstId + at) };
}

/** What was drawn for one seed: indices into its list, which is `lists.degrees[list]` long. */
export interface Sample {
  readonly list: number;
  readonly degree: number;
  readonly drawn: readonly number[];
}

export interface Draw {
  readonly parameters: Readonly<Record<string, number>>;
  readonly lists: Lists;
  /** The seeds; node v has the list v mod the number of lists. */
  readonly seeds: Uint32Array;
  readonly key: number;
  readonly hop: number;
  /** Further arrays of the kernel. */
  readonly inputs?: Readonly<Record<string, Uint32Array>>;
}

/** Node numbers from `from` on. */
export function nodes(count: number, from = 0): Uint32Array {
  return Uint32Array.from({ length: count }, (_, at) => from + at);
}

/** The arguments of a sampler's run; `samples` is how many ids it writes. */
export function argumentsOf({ lists, seeds, key, hop, parameters, inputs }: Draw) {
  const { degrees, begins, colIdx } = lists;
  const width = Math.ceil(parameters['fanout'] / 16) * 16;
  const most = seeds.reduce((largest, node) => Math.max(largest, node), 0);
  const extent = new Uint32Array(2 * (most + 1));
  for (let node = 0; node <= most; node++) {
    const list = node % degrees.length;
    extent[2 * node] = begins[list];
    extent[2 * node + 1] = begins[list] + degrees[list];
  }
  const samples = seeds.length * width;
  return { seeds, extent, colIdx, samples, count: seeds.length, key, hop, ...inputs };
}

/**
 * What a run wrote, a sample a seed. An index outside of a seed's list, or an id behind one that is absent,
 * comes back as NaN.
 */
export function readSamples({ lists, seeds }: Draw, samples: Uint32Array): Sample[] {
  const { degrees, begins } = lists;
  const width = samples.length / seeds.length;
  return Array.from(seeds, (node, row) => {
    const list = node % degrees.length;
    const degree = degrees[list];
    const drawn: number[] = [];
    let ended = false;
    for (const id of samples.subarray(row * width, (row + 1) * width)) {
      if (id === absent) {
        ended = true;
        continue;
      }
      const at = id - firstId - begins[list];
      drawn.push(!ended && at >= 0 && at < degree ? at : Number.NaN);
    }
    return { list, degree, drawn };
  });
}

/** Runs a sampler as its TypeScript. */
export function drawSamples(sampler: Sampler, draw: Draw): Sample[] {
  const { samples: length, ...inputs } = argumentsOf(draw);
  const samples = new Uint32Array(length);
  sampler.run(draw.parameters, inputs, { samples });
  return readSamples(draw, samples);
}
