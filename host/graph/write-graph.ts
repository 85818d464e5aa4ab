import { lstatSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { asWriteError, temporaryPathFor } from '../../codegen/support/atomic-write.ts';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { makeFolders } from '../../codegen/support/make-folders.ts';
import { checkColumns, checkScale, type GraphHeader, graphFiles } from './graph-source.ts';

/** Some nodes in a row, the next ones of the graph. */
export interface GraphPart {
  /** One number a node: how many of `colIdx` are its neighbours. */
  readonly degrees: Uint32Array;
  /** The lists one behind the other; ids of any nodes of the whole graph. */
  readonly colIdx: Uint32Array;
  /** Row-major, one row a node. */
  readonly features: Int16Array;
  /** One a node where the graph is a renumbered one: its number before. */
  readonly ids?: Uint32Array;
}

export interface GraphOptions {
  /** Features of a node: a multiple of 32, at most 256. */
  readonly columns: number;
  /** A feature's value is its integer times this; default 1. */
  readonly scale?: number;
  /** Aborted: nothing is left of the graph, and the reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

type Data = 'rowPtr' | 'colIdx' | 'features' | 'ids';

/** The files of a graph that is being written, in a folder with a name of its own until it is whole. */
class GraphFiles {
  readonly folder: string;
  readonly #handles = new Map<Data, FileHandle>();
  readonly #path: (what: Data) => string;

  constructor(folder: string) {
    this.folder = folder;
    this.#path = (what) => join(folder, graphFiles[what]);
  }

  async append(what: Data, array: Uint32Array | Int16Array): Promise<void> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    try {
      let handle = this.#handles.get(what);
      if (handle === undefined) {
        handle = await open(this.#path(what), 'w');
        this.#handles.set(what, handle);
      }
      for (let at = 0; at < bytes.length; ) {
        at += (await handle.write(bytes, at)).bytesWritten;
      }
    } catch (error) {
      throw asWriteError(error, this.#path(what));
    }
  }

  has(what: Data): boolean {
    return this.#handles.has(what);
  }

  async close(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

const alreadyThere = (folder: string) =>
  new TilewrightError(`${folder} is there already`, {
    code: 'GRAPH_EXISTS',
    hint: 'Remove it first, or give another folder: a graph is never written over.',
  });

function misfit(
  message: string,
  hint = 'Give each node one degree, one row of features, and as many neighbours as its degree says.',
): TilewrightError {
  return new TilewrightError(`cannot write the graph: ${message}`, { code: 'GRAPH_PART', hint });
}

function checkPart(part: GraphPart, first: number, columns: number): void {
  const { degrees, colIdx, features, ids } = part;
  const edges = degrees.reduce((sum, degree) => sum + degree, 0);
  const where = `nodes ${first} to ${first + degrees.length - 1}`;
  if (edges !== colIdx.length) {
    throw misfit(`the degrees of ${where} add up to ${edges}, and there are ${colIdx.length} ids`);
  }
  if (features.length !== degrees.length * columns) {
    const own = features.length / degrees.length;
    throw misfit(
      `${features.length} features for ${where}, of ${columns} columns each`,
      ...(Number.isInteger(own)
        ? [`These are ${own} a node: write it with { columns: ${own} }.`]
        : []),
    );
  }
  if (ids !== undefined && ids.length !== degrees.length) {
    throw misfit(`${ids.length} numbers of before for ${where}`);
  }
}

function largestOf(values: Uint32Array): number {
  let largest = -1;
  for (let at = 0; at < values.length; at++) if (values[at] > largest) largest = values[at];
  return largest;
}

async function writeParts(
  files: GraphFiles,
  parts: AsyncIterable<GraphPart> | Iterable<GraphPart>,
  { columns, scale = 1, signal }: GraphOptions,
): Promise<GraphHeader> {
  let [nodes, edges, largest] = [0, 0, -1];
  await files.append('rowPtr', Uint32Array.of(0));
  await files.append('colIdx', new Uint32Array(0));
  await files.append('features', new Int16Array(0));
  for await (const part of parts) {
    // Parts may come without a pause, in which no signal would be heard.
    await setImmediate();
    signal?.throwIfAborted();
    checkPart(part, nodes, columns);
    if ((part.ids !== undefined) !== files.has('ids') && nodes > 0) {
      throw misfit('some of its parts have numbers of before, and some have none');
    }
    const places = new Uint32Array(part.degrees.length);
    let place = edges;
    for (let at = 0; at < places.length; at++) {
      place += part.degrees[at];
      places[at] = place;
    }
    nodes += part.degrees.length;
    edges = place;
    if (edges > 0xffffffff || nodes >= 0xffffffff) {
      throw misfit('it has more than 2^32 - 1 nodes or edges');
    }
    largest = Math.max(largest, largestOf(part.colIdx));
    await files.append('rowPtr', places);
    await files.append('colIdx', part.colIdx);
    await files.append('features', part.features);
    if (part.ids !== undefined) await files.append('ids', part.ids);
  }
  if (largest >= nodes) throw misfit(`a list names node ${largest}, and there are ${nodes}`);
  return { formatVersion: 1, nodes, edges, columns, scale, renumbered: files.has('ids') };
}

/**
 * Writes a graph as a folder that `openGraph` opens, part by part: no more than a part is in memory. The folder
 * appears when the graph is whole; where anything fails, nothing is left.
 * @returns what its graph.json says.
 * @throws TilewrightError `GRAPH_EXISTS`, `GRAPH_PART`, `GRAPH_COLUMNS`, `GRAPH_SCALE`, `FILE_UNWRITABLE` (a full disk among
 * others), and whatever `parts` throws.
 */
export async function writeGraph(
  folder: string,
  parts: AsyncIterable<GraphPart> | Iterable<GraphPart>,
  options: GraphOptions,
): Promise<GraphHeader> {
  checkColumns(options.columns);
  checkScale(options.scale ?? 1);
  // Without the slash that a shell completes the name of a folder with: another name is made of it.
  const target = resolve(folder);
  const files = new GraphFiles(temporaryPathFor(target));
  try {
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw alreadyThere(folder);
    makeFolders(dirname(target));
    await mkdir(files.folder);
    const header = await writeParts(files, parts, options);
    await files.close();
    await writeFile(join(files.folder, graphFiles.header), `${JSON.stringify(header, null, 2)}\n`);
    await rename(files.folder, target);
    return header;
  } catch (error) {
    // Somebody else wrote it meanwhile.
    if ((error as NodeJS.ErrnoException | null)?.code === 'ENOTEMPTY') throw alreadyThere(folder);
    throw asWriteError(error, folder);
  } finally {
    await files.close().catch(() => undefined);
    await rm(files.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
