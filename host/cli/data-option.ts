import type { Dataset } from '../dataset/interactions.ts';
import type { CommandContext } from './command.ts';

/** `--data SOURCE`, the same for every command that reads ratings. */
export const dataOption = {
  describe:
    'Ratings: movielens-dslabs, movielens-1m:FOLDER, edges:FILE.csv, synthetic[:SEED], or a path',
  type: 'string',
  requiresArg: true,
  default: 'movielens-dslabs',
} as const;

export async function loadData(source: string, context: CommandContext): Promise<Dataset> {
  const { loadDataset } = await import('../dataset/load-dataset.ts');
  return context.progress.step('Loading the ratings', (update) =>
    loadDataset(source, { onProgress: update }),
  );
}
