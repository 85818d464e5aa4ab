import { defineCommand } from '../command.ts';
import { clockOption, openRecommender, recommenderOptions } from '../open-recommender.ts';

const { data, encoder } = recommenderOptions;

export default defineCommand({
  name: 'demo',
  summary: 'The whole way: kernels proven on a real graph, recommendations, figures, latencies',
  options: {
    data,
    encoder,
    user: {
      describe: "The user's id in the data (default: the first)",
      type: 'string',
      requiresArg: true,
    },
    ...clockOption,
  },
  examples: [
    ['tilewright demo', 'What make demo runs'],
    ['tilewright demo --user 42 --clock 250', 'Another user, another clock'],
  ],
  async run(options, context) {
    const { deviceCsr } = await import('../../graph/csr.ts');
    const { evaluateFull, graphOf, likedItems, recommend, userIndex } = await import(
      '../../recommender/index.ts'
    );
    const { renderTable } = await import('../../../codegen/support/table.ts');
    const { componentLatency } = await import('../demo/component-latency.ts');
    const { proveKernels } = await import('../demo/prove-kernels.ts');
    const { evaluationTable } = await import('../evaluation-table.ts');
    const { progress, signal } = context;

    await using opened = await openRecommender({ ...options, device: 'native' }, context);
    const { model, dataset, inputs, split, trainingRows } = opened;
    const user = userIndex(dataset, options.user ?? dataset.userIds[0]);
    const clock = options.clock ?? 300;

    const proofs = await progress.step('Proving both kernels on the real graph', (onProgress) =>
      proveKernels({
        graph: deviceCsr(graphOf(model.histories)),
        features: model.h0.values as Int16Array,
        columns: model.h0.columns,
        fanout: model.options.fanout,
        key: model.key,
        signal,
        onProgress,
      }),
    );
    const results = [proofs.sample, proofs.aggregate];
    const equal = results.every((one) => one.match);
    const edges = model.histories.lists.colIdx.length;
    const columns = (titles: readonly string[]) => titles.map((title) => ({ title }));
    context.print(
      `\n${equal ? 'Both kernels are equal' : 'THE KERNELS DIFFER'} on golden (TypeScript), hls and native (C++)\nand sim (Verilog) ` +
        `over ${dataset.name}: ${model.h0.rows} nodes, ${edges} ratings, every node a seed.\n\n` +
        renderTable(
          columns(['kernel', 'equal', 'words compared', 'clock cycles', 'efficiency', 'memory']),
          results.map((one) => [
            one.kernel,
            one.match ? 'yes' : 'NO',
            one.words,
            one.cycles ?? '',
            one.efficiency === null ? '' : one.efficiency.toFixed(3),
            `L ${one.memory.latency}, OUT ${one.memory.outstanding}, p ${one.memory.stall}`,
          ]),
        ),
    );

    const liked = likedItems(dataset, trainingRows, user, 5);
    const items = await recommend(model, inputs, dataset, user, 10);
    context.print(
      `\nUser ${dataset.userIds[user]} liked\n${liked.map((one) => `  ${one.rating}  ${one.title}`).join('\n')}\n\nand may like\n` +
        items.map((one, at) => `  ${String(at + 1).padStart(2)}  ${one.title}`).join('\n'),
    );

    const fusion: number[] = [];
    const evaluation = await progress.step('Ranking', (update) =>
      evaluateFull(model, inputs, dataset, split.test, update, {
        onScored: (milliseconds) => fusion.push(milliseconds),
      }),
    );
    context.print(`\n${evaluationTable(evaluation)}`);

    const latencies = await progress.step('Measuring latencies', (onProgress) =>
      componentLatency(opened, {
        clock,
        requests: 2000,
        warmUp: 13,
        users: 200,
        fusion,
        signal,
        onProgress,
      }),
    );
    const ms = (value: number) => value.toFixed(3);
    const table = renderTable(
      columns(['milliseconds of one request', 'p50', 'p95', 'p99', 'requests', 'measured as']),
      latencies.map(({ component, latency, basis }) => [
        component,
        ms(latency.p50),
        ms(latency.p95),
        ms(latency.p99),
        latency.requests,
        basis,
      ]),
    );
    const json = {
      dataset: dataset.name,
      proofs: results,
      user: dataset.userIds[user],
      liked,
      items,
      evaluation: evaluation.map(({ name, figures }) => ({ name, ...figures })),
      clock,
      latencies,
    };
    return { json, text: `\n${table}`, exitCode: equal ? 0 : 1 };
  },
});
