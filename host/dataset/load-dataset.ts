import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import type { EdgeColumn } from './edge-list.ts';
import { loadEdgeList } from './edge-list.ts';
import type { Dataset } from './interactions.ts';
import { loadMovieLens1m } from './movielens-1m.ts';
import { loadMovieLensDslabs } from './movielens-dslabs.ts';
import { syntheticDataset } from './synthetic.ts';

export type DatasetSource =
  /** `path`: the R package's folder or its .deb; without it: installed, cached, or fetched by apt-get. */
  | { readonly kind: 'movielens-dslabs'; readonly path?: string }
  /** `path`: the folder that holds ratings.dat and movies.dat. */
  | { readonly kind: 'movielens-1m'; readonly path: string }
  /** `path`: a CSV file; `columns`: its own names of columns, where they are unusual. */
  | {
      readonly kind: 'edges';
      readonly path: string;
      readonly columns?: Partial<Record<EdgeColumn, string>>;
    }
  | { readonly kind: 'synthetic'; readonly seed?: number };

export const datasetKinds = ['movielens-dslabs', 'movielens-1m', 'edges', 'synthetic'] as const;

export interface LoadDatasetOptions {
  readonly onProgress?: (message: string) => void;
  /** Folder of the artefact store that keeps fetched data; default: the usual one. */
  readonly cacheFolder?: string;
}

function usage(message: string): TilewrightError {
  return new TilewrightError(message, {
    code: 'DATASET_SOURCE',
    hint:
      'Give movielens-dslabs, movielens-1m:FOLDER, edges:FILE.csv, synthetic[:SEED], ' +
      'or the path of such a folder or file.',
    exitCode: 2,
  });
}

/**
 * What a source written as one word means: `KIND`, `KIND:PATH` (for `synthetic` a seed), or a path alone: a
 * folder with ratings.dat is `movielens-1m`, a file is `edges`.
 */
export function parseDatasetSource(text: string): DatasetSource {
  const colon = text.indexOf(':');
  const kind = colon < 0 ? text : text.slice(0, colon);
  const rest = colon < 0 ? undefined : text.slice(colon + 1);
  switch (kind) {
    case 'movielens-dslabs':
      return rest ? { kind, path: rest } : { kind };
    case 'movielens-1m':
    case 'edges':
      if (!rest) throw usage(`the data source ${kind} needs a path`);
      return { kind, path: rest };
    case 'synthetic':
      if (rest === undefined) return { kind };
      if (!/^\d+$/.test(rest)) throw usage(`the seed of ${kind} is not a number: ${rest}`);
      return { kind, seed: Number(rest) };
  }
  if (!existsSync(text)) {
    throw usage(`unknown data source ${text}: neither a kind nor an existing path`);
  }
  if (!statSync(text).isDirectory()) return { kind: 'edges', path: text };
  if (existsSync(join(text, 'ratings.dat'))) return { kind: 'movielens-1m', path: text };
  throw usage(`the folder ${text} holds no ratings.dat`);
}

/**
 * Loads interactions with the texts of their items.
 *
 * Whatever the source: users and items get dense indices in the order of their ids (by value when all
 * are whole numbers, else by UTF-16 code units), a pair that occurs more than once keeps its last row by
 * time, and rows are ordered by user, then time, then item.
 * @throws TilewrightError naming file and line for input that is missing, cut off, not text in the
 * expected encoding, or out of range.
 */
export async function loadDataset(
  source: string | DatasetSource,
  options: LoadDatasetOptions = {},
): Promise<Dataset> {
  const what = typeof source === 'string' ? parseDatasetSource(source) : source;
  switch (what.kind) {
    case 'movielens-dslabs':
      return loadMovieLensDslabs(what.path, options);
    case 'movielens-1m':
      options.onProgress?.(`reading ${join(what.path, 'ratings.dat')}`);
      return loadMovieLens1m(what.path);
    case 'edges':
      options.onProgress?.(`reading ${what.path}`);
      return loadEdgeList(what.path, what.columns);
    case 'synthetic':
      return syntheticDataset(what.seed === undefined ? {} : { seed: what.seed });
  }
}
