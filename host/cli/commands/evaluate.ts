import { defineCommand } from '../command.ts';
import { openRecommender, recommenderOptions } from '../open-recommender.ts';

export default defineCommand({
  name: 'evaluate',
  summary: 'NDCG@10 and HR@10 of the recommender, beside popularity and its own halves',
  options: recommenderOptions,
  examples: [
    ['tilewright evaluate', 'Protocol full: the last item of each user among all unseen ones'],
    ['tilewright evaluate --data movielens-1m:ml-1m --json', 'On a MovieLens 1M folder'],
  ],
  async run(options, context) {
    const { evaluateFull } = await import('../../recommender/index.ts');
    const { evaluationTable } = await import('../evaluation-table.ts');
    await using opened = await openRecommender(options, context);
    const { model, inputs, dataset, split, device } = opened;
    const rows = await context.progress.step('Ranking', (update) =>
      evaluateFull(model, inputs, dataset, split.test, update),
    );
    const json = {
      protocol: 'full',
      dataset: dataset.name,
      device: device.name,
      seed: model.options.seed,
      rows: rows.map(({ name, figures }) => ({ name, ...figures })),
    };
    return { json, text: evaluationTable(rows) };
  },
});
