import { defineCommand, usageError, wholeNumber } from '../command.ts';
import { openRecommender, recommenderOptions } from '../open-recommender.ts';

export default defineCommand({
  name: 'recommend',
  summary: 'Recommend unseen items to a user, the graph side on a device of your choice',
  options: {
    ...recommenderOptions,
    user: {
      describe: "The user's id in the data",
      type: 'string',
      requiresArg: true,
      demandOption: true,
    },
    count: wholeNumber('count', 'How many items (default 10)', { min: 1, max: 1000 }),
  },
  examples: [
    ['tilewright recommend --user 42', 'Ten films, sampling and aggregation as compiled C++'],
    ['tilewright recommend --user 42 --device sim --json', 'The same list from the Verilog'],
    ['tilewright recommend --user 7 --encoder ./my-encoder', 'With a text encoder of your own'],
  ],
  async run(options, context) {
    const { likedItems, recommend, userIndex } = await import('../../recommender/index.ts');
    const { renderTable } = await import('../../../codegen/support/table.ts');
    const { totalCycles } = await import('../../stream/index.ts');
    if (options.user.trim() === '') throw usageError('--user is empty', 'Give the id of a user.');
    await using opened = await openRecommender(options, context);
    const { dataset, trainingRows, model, inputs, graph, device } = opened;
    const user = userIndex(dataset, options.user);
    const liked = likedItems(dataset, trainingRows, user, 5);
    const items = await recommend(model, inputs, dataset, user, options.count ?? 10);
    const cycles = totalCycles(graph.steps) ?? null;
    const json = { user: options.user, device: device.name, liked, items, cycles };
    const table = renderTable(
      [{ title: '' }, { title: 'title' }, { title: 'genres' }, { title: 'score' }],
      items.map((one, at) => [at + 1, one.title || one.item, one.genres, one.score.toFixed(3)]),
    );
    const known = liked.map((one) => `  ${one.rating}  ${one.title || one.item}`).join('\n');
    return { json, text: `User ${options.user} liked\n${known}\n\nand may like\n${table}` };
  },
});
