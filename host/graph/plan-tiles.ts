import { inspect } from 'node:util';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { type GraphSource, readPlaces, readWords } from './graph-source.ts';
import { allSeeds, type SeedLists } from './seed-lists.ts';

const beatBytes = 64;
const idsABeat = 16;
/** A row's number within a run has 16 bits. */
const mostSeeds = 1 << 15;
/** A stream reads each tile's features once for each tile of seeds: more of them would take for ever. */
const mostTiles = 4096;
/** Nodes whose places are looked at together while planning. */
const chunk = 1 << 18;

/** A range of nodes: its lists, its rows of features, and the nodes themselves as seeds; or a range of given seeds. */
export interface Tile {
  readonly index: number;
  readonly firstNode: number;
  readonly nodes: number;
  readonly firstEdge: number;
  readonly edges: number;
}

/** How a graph goes through a bank of memory. */
export interface TilePlan {
  readonly bankBytes: number;
  /** What a unit allocates of the bank, all of its buffers together. */
  readonly unitBytes: number;
  readonly fanout: number;
  readonly columns: number;
  readonly tiles: readonly Tile[];
  /** Nodes of each tile but the last. */
  readonly tileNodes: number;
  /**
   * The seeds in tiles of as many: `tiles` again where all nodes are seeds. Else `firstNode` and `nodes` are a
   * range of the seeds that were given, and `firstEdge` and `edges` of their lists one behind the other.
   */
  readonly seedTiles: readonly Tile[];
  /** Seeds that one run takes, and edges of their lists: at most. */
  readonly seedsPerRun: number;
  readonly edgesPerRun: number;
  /** Sets of buffers of a unit for what a run takes and gives. */
  readonly buffers: number;
  /** Buffers of a unit for the features of a tile: one is read while another is filled. */
  readonly featureBuffers: number;
}

export interface PlanOptions {
  /** Memory that a unit may use. */
  readonly bankBytes: number;
  /** Neighbours drawn for each seed, 1 to 64. */
  readonly fanout: number;
  /** 1 to 3, default 3. */
  readonly buffers?: number;
  /** Default 32768, or fewer where they would take more than half of the bank; fewer where they do not fit. */
  readonly seedsPerRun?: number;
  /** So many tiles at the least; default 1, the fewest that fit. */
  readonly leastTiles?: number;
}

const beats = (bytes: number) => Math.max(1, Math.ceil(bytes / beatBytes)) * beatBytes;

/** Bytes of each buffer of one set. */
export function slotSizes(
  plan: Pick<TilePlan, 'fanout' | 'columns' | 'seedsPerRun' | 'edgesPerRun'>,
) {
  const { fanout, columns, seedsPerRun: seeds, edgesPerRun } = plan;
  return {
    seeds: beats(4 * seeds),
    extent: beats(8 * seeds),
    colIdx: beats(4 * edgesPerRun),
    /** What the sampler writes, and what the sums are taken over. */
    ids: beats(4 * seeds * Math.ceil(fanout / idsABeat) * idsABeat),
    sums: beats(4 * seeds * columns),
    counts: beats(4 * seeds),
  };
}

interface Shape {
  readonly seeds: number;
  /** Of the lists of the seeds. */
  readonly edges: number;
  readonly columns: number;
  /** The longest of them, and whose it is. */
  readonly longest: number;
  readonly longestNode: number;
}

async function shapeOf(lists: SeedLists, columns: number): Promise<Shape> {
  const { nodes: seeds, edges } = lists;
  let [longest, longestNode] = [0, 0];
  for (let first = 0; first < seeds; first += chunk) {
    const count = Math.min(chunk, seeds - first);
    const places = await readPlaces(lists, first, count);
    for (let at = 0; at < count; at++) {
      const degree = places[at + 1] - places[at];
      if (degree > longest) [longest, longestNode] = [degree, lists.nodeAt(first + at)];
    }
  }
  return { seeds, edges, columns, longest, longestNode };
}

/** All buffers of a unit but those of features. */
function withoutFeatures(shape: Shape, fanout: number, buffers: number, seedsPerRun: number) {
  const expected = Math.ceil((1.25 * seedsPerRun * shape.edges) / Math.max(1, shape.seeds));
  const edgesPerRun = Math.max(shape.longest, Math.min(shape.edges, expected));
  const sizes = slotSizes({ fanout, columns: shape.columns, seedsPerRun, edgesPerRun });
  const bytes = buffers * Object.values(sizes).reduce((sum, size) => sum + size, 0);
  return { edgesPerRun, bytes };
}

/** Seeds of a run: the features get `reserved` bytes at the least, and half of the bank where nobody chose. */
function chooseSeeds(
  shape: Shape,
  options: PlanOptions,
  buffers: number,
  reserved: number,
): number {
  const wanted = Math.max(1, Math.min(options.seedsPerRun ?? mostSeeds, shape.seeds));
  let seeds = Math.min(mostSeeds, Math.ceil(wanted / idsABeat) * idsABeat);
  const half = options.seedsPerRun === undefined ? options.bankBytes / 2 : options.bankBytes;
  const most = Math.min(half, options.bankBytes - reserved);
  while (seeds > idsABeat && withoutFeatures(shape, options.fanout, buffers, seeds).bytes > most) {
    seeds = Math.max(idsABeat, Math.floor(seeds / 2 / idsABeat) * idsABeat);
  }
  return seeds;
}

/** Rounded up, so that a bank of what it says is as large at the least. */
const sizeText = (bytes: number) =>
  `${bytes} bytes (${(Math.ceil((10_000 * bytes) / 2 ** 20) / 10_000).toFixed(4)} MiB)`;

function checkOptions(options: PlanOptions): void {
  const { bankBytes, fanout, buffers = 3, seedsPerRun = 1, leastTiles = 1 } = options;
  const wrong = (what: string, hint: string) =>
    new TilewrightError(what, { code: 'PLAN_OPTION', hint });
  if (!Number.isSafeInteger(bankBytes) || bankBytes < 1) {
    throw wrong(
      `a bank cannot have ${inspect(bankBytes)} bytes`,
      'Give the bytes that a unit may use, a whole number.',
    );
  }
  if (!Number.isInteger(fanout) || fanout < 1 || fanout > 64) {
    throw wrong(`the fanout is ${fanout}`, 'The kernels take 1 to 64 neighbours.');
  }
  if (![1, 2, 3].includes(buffers)) {
    throw wrong(`${buffers} sets of buffers`, 'One hides nothing, two or three are of use.');
  }
  if (!Number.isSafeInteger(seedsPerRun) || seedsPerRun < 1) {
    throw wrong(`${seedsPerRun} seeds a run`, 'Give a whole number above 0.');
  }
  if (!Number.isSafeInteger(leastTiles) || leastTiles < 1 || leastTiles > mostTiles) {
    throw wrong(`${leastTiles} tiles`, `Give a whole number from 1 to ${mostTiles}.`);
  }
}

/**
 * Cuts a graph into tiles of as many nodes each, the fewest of which a unit's buffers fit into a bank.
 * @param lists of the seeds; default: all nodes.
 * @throws TilewrightError `PLAN_TOO_LARGE` naming the size of a bank that would do; `PLAN_OPTION`.
 */
export async function planTiles(
  graph: GraphSource,
  options: PlanOptions,
  lists: SeedLists = allSeeds(graph),
): Promise<TilePlan> {
  checkOptions(options);
  const { bankBytes, fanout, buffers = 3, leastTiles = 1 } = options;
  const { nodes, columns } = graph;
  const shape = await shapeOf(lists, columns);
  const rowBytes = 2 * columns;
  const featureBuffers = Math.min(2, buffers);
  const fewestRows = Math.max(1, Math.ceil(nodes / mostTiles));
  const reserved = featureBuffers * fewestRows * rowBytes;
  const seedsPerRun = chooseSeeds(shape, options, buffers, reserved);
  const { edgesPerRun, bytes } = withoutFeatures(shape, fanout, buffers, seedsPerRun);
  const rows = Math.floor((bankBytes - bytes) / featureBuffers / rowBytes);
  if (rows < fewestRows) {
    const enough = withoutFeatures(shape, fanout, buffers, idsABeat).bytes + reserved;
    throw new TilewrightError(
      `${graph.name} does not fit through a bank of ${sizeText(bankBytes)}: ` +
        `it takes ${sizeText(enough)} at the least`,
      {
        code: 'PLAN_TOO_LARGE',
        hint:
          `Give a larger bank${buffers > 1 ? ', or fewer buffers' : ''}; the longest list, of node ` +
          `${shape.longestNode}, has ${shape.longest} neighbours and must lie in each set of buffers.`,
        details: { bytes: enough },
      },
    );
  }
  const least = Math.min(leastTiles, nodes);
  const count = Math.max(least, Math.ceil(nodes / rows), 1);
  let tileNodes = Math.max(1, Math.ceil(nodes / count));
  // Rounded up, so many nodes a tile may leave nothing for the last tiles.
  while (Math.ceil(nodes / tileNodes) < least) tileNodes -= 1;
  const tiles = await tilesOf(graph, tileNodes);
  return {
    bankBytes,
    unitBytes: bytes + featureBuffers * tileNodes * rowBytes,
    fanout,
    columns,
    tiles,
    tileNodes,
    seedTiles: lists.all ? tiles : await tilesOf(lists, tileNodes),
    seedsPerRun,
    edgesPerRun,
    buffers,
    featureBuffers,
  };
}

async function tilesOf(
  { nodes, rowPtr }: Pick<GraphSource, 'nodes' | 'rowPtr'>,
  tileNodes: number,
): Promise<readonly Tile[]> {
  const tiles: Tile[] = [];
  let firstEdge = 0;
  for (let firstNode = 0; firstNode < nodes; firstNode += tileNodes) {
    const count = Math.min(tileNodes, nodes - firstNode);
    const [end] = await readWords(rowPtr, firstNode + count, 1);
    tiles.push({ index: tiles.length, firstNode, nodes: count, firstEdge, edges: end - firstEdge });
    firstEdge = end;
  }
  return tiles;
}
