import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { sameFile } from '../../codegen/support/same-file.ts';
import { type ByteSource, memorySource, openFileSource, readSmallFile } from './byte-source.ts';

/** Columns are whole 64-byte beats of 16-bit features, and eight of them at most (`sum_aggregate`). */
const columnStep = 32;
const mostColumns = 256;
/** A header is a few numbers: what is longer is something else, and is not read. */
const mostHeaderBytes = 1 << 16;
/** Node ids and places in `colIdx` are u32 in the kernels; 0xFFFFFFFF is no node. */
const most = 0xffffffff;

/** What `graph.json` says. Beside it lie rowPtr.u32, colIdx.u32, features.i16 and perhaps ids.u32. */
export interface GraphHeader {
  readonly formatVersion: 1;
  readonly nodes: number;
  readonly edges: number;
  readonly columns: number;
  /** A feature's value is its integer times this. */
  readonly scale: number;
  /** Whether ids.u32 says what each node was called before it was renumbered. */
  readonly renumbered: boolean;
}

export const graphFiles = {
  header: 'graph.json',
  rowPtr: 'rowPtr.u32',
  colIdx: 'colIdx.u32',
  features: 'features.i16',
  ids: 'ids.u32',
} as const;

/** Whether `path` is one of those of the graph in `folder`. */
export function isGraphFile(folder: string, path: string): boolean {
  return Object.values(graphFiles).some((file) => sameFile(join(folder, file), path));
}

/** A graph with a row of features a node, read in ranges. All numbers are little-endian. */
export interface GraphSource extends AsyncDisposable {
  /** For messages: the folder. */
  readonly name: string;
  readonly nodes: number;
  readonly edges: number;
  /** Features of a node: a multiple of 32, at most 256. */
  readonly columns: number;
  readonly scale: number;
  /** u32 × (nodes + 1): the list of node v is `colIdx[rowPtr[v]] … colIdx[rowPtr[v + 1] - 1]`. */
  readonly rowPtr: ByteSource;
  /** u32 × edges. */
  readonly colIdx: ByteSource;
  /** i16 × columns × nodes, row-major. */
  readonly features: ByteSource;
  /** u32 × nodes: by what each node is sampled, its number before a renumbering; undefined where it has one number only. */
  readonly ids: ByteSource | undefined;
  close(): Promise<void>;
}

/** A graph in arrays of this process. */
export interface GraphArrays {
  /** Length nodes + 1. */
  readonly rowPtr: Uint32Array;
  readonly colIdx: Uint32Array;
  /** Row-major, nodes × columns. */
  readonly features: Int16Array;
  readonly columns: number;
  /** Default 1. */
  readonly scale?: number;
  readonly ids?: Uint32Array;
}

/** @throws TilewrightError `GRAPH_COLUMNS` for rows that the kernels cannot take. */
export function checkColumns(columns: number): void {
  if (Number.isInteger(columns) && columns % columnStep === 0) {
    if (columns > 0 && columns <= mostColumns) return;
  }
  const padded = Math.min(mostColumns, Math.max(1, Math.ceil(columns / columnStep)) * columnStep);
  throw new TilewrightError(`a graph cannot have feature rows of ${columns} columns`, {
    code: 'GRAPH_COLUMNS',
    hint:
      `Rows are whole beats, ${columnStep} to ${mostColumns} columns in steps of ${columnStep}: ` +
      `pad them with zeros to ${padded}, or leave columns out.`,
  });
}

/** @throws TilewrightError `GRAPH_SCALE` for a scale that features cannot have. */
export function checkScale(scale: number): void {
  if (typeof scale === 'number' && scale > 0 && Number.isFinite(scale)) return;
  throw new TilewrightError(`a graph's features cannot have the scale ${scale}`, {
    code: 'GRAPH_SCALE',
    hint: 'Give a finite number above 0, such as the scale that quantise() found.',
  });
}

class OpenGraph implements GraphSource {
  readonly name: string;
  readonly nodes: number;
  readonly edges: number;
  readonly columns: number;
  readonly scale: number;
  readonly rowPtr: ByteSource;
  readonly colIdx: ByteSource;
  readonly features: ByteSource;
  readonly ids: ByteSource | undefined;

  constructor(
    name: string,
    header: Pick<GraphHeader, 'nodes' | 'edges' | 'columns' | 'scale'>,
    sources: Pick<GraphSource, 'rowPtr' | 'colIdx' | 'features' | 'ids'>,
  ) {
    this.name = name;
    this.nodes = header.nodes;
    this.edges = header.edges;
    this.columns = header.columns;
    this.scale = header.scale;
    this.rowPtr = sources.rowPtr;
    this.colIdx = sources.colIdx;
    this.features = sources.features;
    this.ids = sources.ids;
  }

  async close(): Promise<void> {
    const { rowPtr, colIdx, features, ids } = this;
    await Promise.all([rowPtr, colIdx, features, ids].map((source) => source?.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function openArrays(arrays: GraphArrays): GraphSource {
  const { rowPtr, colIdx, features, columns, scale = 1, ids } = arrays;
  checkColumns(columns);
  checkScale(scale);
  const misfit = (what: string) =>
    new TilewrightError(what, {
      code: 'GRAPH_ARRAYS',
      hint: 'rowPtr has nodes + 1 places, colIdx rowPtr[nodes] ids, features nodes × columns values.',
    });
  const shapes = [
    ['rowPtr', rowPtr, Uint32Array],
    ['colIdx', colIdx, Uint32Array],
    ['features', features, Int16Array],
    ['ids', ids ?? new Uint32Array(), Uint32Array],
  ] as const;
  for (const [what, array, Kind] of shapes) {
    if (!(array instanceof Kind)) throw misfit(`${what} of a graph must be a ${Kind.name}`);
  }
  if (rowPtr.length === 0) throw misfit('rowPtr is empty, and has at least the place 0');
  const nodes = rowPtr.length - 1;
  const sizes = [
    ['colIdx', colIdx.length, rowPtr[nodes]],
    ['features', features.length, nodes * columns],
    ['ids', ids?.length ?? nodes, nodes],
  ] as const;
  for (const [what, found, expected] of sizes) {
    if (found === expected) continue;
    throw misfit(`${what} has ${found} values, and ${nodes} nodes need ${expected}`);
  }
  const name = 'the graph in memory';
  return new OpenGraph(
    name,
    { nodes, edges: colIdx.length, columns, scale },
    {
      rowPtr: memorySource(`rowPtr of ${name}`, rowPtr),
      colIdx: memorySource(`colIdx of ${name}`, colIdx),
      features: memorySource(`features of ${name}`, features),
      ids: ids && memorySource(`ids of ${name}`, ids),
    },
  );
}

function checkHeader(path: string, header: Partial<GraphHeader> | null): GraphHeader {
  const { formatVersion, nodes, edges, columns, scale, renumbered } = header ?? {};
  const count = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
  const right = count(nodes) && count(edges) && Number(nodes) < most && Number(edges) <= most;
  const numbers = typeof columns === 'number' && typeof scale === 'number';
  if (formatVersion !== 1 || !right || !numbers || typeof renumbered !== 'boolean') {
    throw new TilewrightError(`${path} is no header of a graph of format 1`, {
      code: 'GRAPH_HEADER',
      hint: 'Write the graph again, with writeGraph() or tilewright graph.',
    });
  }
  checkColumns(columns);
  checkScale(scale);
  return header as GraphHeader;
}

export interface OpenGraphOptions {
  /** A file of features instead of the folder's own, of the same shape: the means of a layer, for the next. */
  readonly features?: string | undefined;
}

/** Features of somebody's own: where they do not fit, the graph is not at fault. */
async function openFeatures(path: string, bytes: number, header: GraphHeader): Promise<ByteSource> {
  try {
    return await openFileSource(path, bytes);
  } catch (cause) {
    if (!(cause instanceof TilewrightError) || cause.code !== 'GRAPH_FILE') throw cause;
    const { nodes, columns } = header;
    throw new TilewrightError(cause.message, {
      code: 'GRAPH_FILE',
      hint:
        `Features are ${nodes} nodes × ${columns} columns × 2 bytes, as tilewright stream --out or ` +
        'writeMeans() left them for this graph.',
      cause,
    });
  }
}

async function openFolder(folder: string, options: OpenGraphOptions): Promise<GraphSource> {
  const path = join(folder, graphFiles.header);
  let found: Partial<GraphHeader> | null;
  try {
    found = JSON.parse(await readSmallFile(path, mostHeaderBytes));
  } catch (cause) {
    const why = cause instanceof TilewrightError ? cause.message : `${path} is no JSON`;
    throw new TilewrightError(`${folder || 'a folder without a name'} is no graph: ${why}`, {
      code: 'GRAPH_HEADER',
      hint: 'Give the folder that writeGraph() or tilewright graph wrote.',
      cause,
    });
  }
  const header = checkHeader(path, found);
  const { nodes, edges, columns, renumbered } = header;
  const sizes = {
    rowPtr: 4 * (nodes + 1),
    colIdx: 4 * edges,
    features: 2 * nodes * columns,
    ...(renumbered ? { ids: 4 * nodes } : {}),
  };
  const opened = new Map<string, ByteSource>();
  try {
    for (const [what, bytes] of Object.entries(sizes)) {
      const file = graphFiles[what as keyof typeof graphFiles];
      const given = what === 'features' ? options.features : undefined;
      opened.set(
        what,
        await (given === undefined
          ? openFileSource(join(folder, file), bytes)
          : openFeatures(given, bytes, header)),
      );
    }
  } catch (error) {
    await Promise.all([...opened.values()].map((source) => source.close()));
    throw error;
  }
  return new OpenGraph(folder, header, {
    rowPtr: opened.get('rowPtr') as ByteSource,
    colIdx: opened.get('colIdx') as ByteSource,
    features: opened.get('features') as ByteSource,
    ids: opened.get('ids'),
  });
}

/**
 * Opens a graph: the folder that `writeGraph` wrote, of which only ranges are read as they are needed, or arrays
 * of this process.
 * @throws TilewrightError `GRAPH_HEADER`, `GRAPH_FILE`, `GRAPH_COLUMNS`, `GRAPH_SCALE`;
 * `GRAPH_ARRAYS` for arrays of other types, or of lengths that do not fit each other.
 */
export async function openGraph(
  source: string | GraphArrays,
  options: OpenGraphOptions = {},
): Promise<GraphSource> {
  return typeof source === 'string' ? openFolder(source, options) : openArrays(source);
}

/** Numbers `first` to `first + count - 1` of a source of u32. */
export async function readWords(
  source: ByteSource,
  first: number,
  count: number,
): Promise<Uint32Array> {
  const words = new Uint32Array(count);
  await source.read(new Uint8Array(words.buffer), 4 * first);
  return words;
}

/**
 * The places of the lists of some nodes, count + 1 numbers.
 * @throws TilewrightError `GRAPH_ROWPTR` where they are none: where they fall, where the first list does not
 * begin at 0, and where the last does not end with the edges.
 */
export async function readPlaces(
  graph: Pick<GraphSource, 'nodes' | 'edges' | 'rowPtr'>,
  first: number,
  count: number,
): Promise<Uint32Array> {
  const places = await readWords(graph.rowPtr, first, count + 1);
  const wrong = (what: string) =>
    new TilewrightError(`${graph.rowPtr.name}: ${what}, and there are ${graph.edges} edges`, {
      code: 'GRAPH_ROWPTR',
      hint: 'rowPtr begins with 0, never falls, and ends with the number of edges; little-endian.',
    });
  if (first === 0 && places[0] !== 0) throw wrong(`the first list begins at ${places[0]}`);
  const last = first + count === graph.nodes ? places[count] : graph.edges;
  for (let at = 0; at < count; at++) {
    if (places[at] <= places[at + 1] && places[at + 1] <= graph.edges) continue;
    throw wrong(`the list of node ${first + at} goes from ${places[at]} to ${places[at + 1]}`);
  }
  if (last !== graph.edges) throw wrong(`the last list ends at ${last}`);
  return places;
}

/** An id in colIdx that is no node. @param where what names it: an edge, or the list of a node. */
export function unknownNode(graph: GraphSource, where: string, id: number): TilewrightError {
  return new TilewrightError(
    `${graph.colIdx.name}: ${where} names node ${id}, and there are ${graph.nodes}`,
    { code: 'GRAPH_COLIDX', hint: 'Write the graph again: the ids of a list are nodes.' },
  );
}
