import type { ReorderProgress } from '../../graph/reorder.ts';
import { defineCommand, usageError, wholeNumber } from '../command.ts';

const words = { min: 0, max: 2 ** 32 - 1 };

function describeReorder(at: ReorderProgress, all: number): string {
  const nodes = `${at.nodes} of ${all} nodes`;
  return at.step === 'write' ? `${nodes} written` : `communities, round ${at.round}: ${nodes}`;
}

export default defineCommand({
  name: 'graph',
  summary: 'Write a random graph with features, or a graph renumbered, to a folder for stream',
  positional: { name: 'folder', describe: 'The folder to make' },
  options: {
    nodes: wholeNumber('nodes', 'Nodes (default 100000)', { min: 1, max: 2 ** 32 - 2 }),
    edges: wholeNumber('edges', 'Edges, exactly (default 25 a node)', words),
    columns: wholeNumber('columns', 'Features of a node, 32 to 256 in steps of 32 (default 64)', {
      min: 32,
      max: 256,
    }),
    seed: wholeNumber('seed', 'The same seed gives the same graph (default 1)', words),
    from: {
      describe: 'Renumber the graph in this folder instead',
      type: 'string',
      requiresArg: true,
    },
    order: {
      describe: 'With --from: nodes that many lists name first, or communities together',
      // As host/graph has them, which is loaded only when the command runs.
      choices: ['degree', 'community'] as const,
      requiresArg: true,
    },
  },
  examples: [
    [
      'tilewright graph out/graph --nodes 2000000 --edges 50000000 --seed 1',
      'A power-law graph of two million nodes with 64 features each: 464 MB',
    ],
    [
      'tilewright graph out/near --from out/graph --order community',
      'The same graph, its neighbours closer together',
    ],
  ],
  async run(options, context, folder) {
    const { syntheticGraph } = await import('../../dataset/synthetic-graph.ts');
    const { openGraph } = await import('../../graph/graph-source.ts');
    const { reorderGraph } = await import('../../graph/reorder.ts');
    const { writeGraph } = await import('../../graph/write-graph.ts');
    const { from, order, nodes = 100_000, columns = 64, seed = 1 } = options;
    const { signal, progress } = context;
    if ((from === undefined) !== (order === undefined)) {
      throw usageError('--from and --order belong together', 'Give both, or neither.');
    }
    const sizes = ['nodes', 'edges', 'columns', 'seed'] as const;
    const own = sizes.find((name) => options[name] !== undefined);
    if (from !== undefined && own !== undefined) {
      throw usageError(
        `--${own} is of a random graph`,
        `Leave it out: --from ${from} has its own.`,
      );
    }
    const edges = options.edges ?? 25 * nodes;
    const header = await progress.step(`Writing ${folder}`, async (update) => {
      if (from !== undefined && order !== undefined) {
        await using graph = await openGraph(from);
        const onProgress = (at: ReorderProgress) => update(describeReorder(at, graph.nodes));
        return await reorderGraph(graph, order, folder, { signal, onProgress });
      }
      const onProgress = (made: number) => update(`${made} of ${nodes} nodes`);
      const parts = syntheticGraph({ nodes, edges, columns, seed, onProgress });
      return writeGraph(folder, parts, { columns, signal });
    });
    const size = `${header.nodes} nodes, ${header.edges} edges, ${header.columns} features a node`;
    return { json: { folder, ...header }, text: `${folder}: ${size}` };
  },
});
