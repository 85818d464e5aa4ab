import { allRows, sortedRows } from './stable-sort.ts';

/** An edge between a user and an item; the arrays are of one length, one entry an edge. */
export interface BipartiteEdges {
  readonly user: Uint32Array;
  readonly item: Uint32Array;
  /** Sorts the lists; edges of equal time are sorted by neighbour. */
  readonly time: Float64Array;
}

/** Adjacency lists: the neighbours of node v are `colIdx[rowPtr[v]] … colIdx[rowPtr[v + 1] - 1]`. */
export interface Csr {
  readonly nodes: number;
  /** Length nodes + 1. */
  readonly rowPtr: Uint32Array;
  readonly colIdx: Uint32Array;
}

/** The one graph in three views; every list is sorted by time, then by neighbour. */
export interface BipartiteCsr {
  readonly users: number;
  readonly items: number;
  /** users lists of item indices. */
  readonly userToItem: Csr;
  /** items lists of user indices. */
  readonly itemToUser: Csr;
  /** Global node ids: users 0 … users − 1, item i is users + i; both directions of each edge. */
  readonly joint: Csr;
}

/** One direction; `order` lists the edges by time, so a stable counting sort by node keeps lists sorted. */
function adjacency(nodes: number, from: Uint32Array, to: Uint32Array, order: Uint32Array): Csr {
  const rowPtr = new Uint32Array(nodes + 1);
  for (const edge of order) rowPtr[from[edge] + 1]++;
  for (let node = 0; node < nodes; node++) rowPtr[node + 1] += rowPtr[node];
  const next = rowPtr.slice(0, nodes);
  const colIdx = new Uint32Array(order.length);
  for (const edge of order) colIdx[next[from[edge]]++] = to[edge];
  return { nodes, rowPtr, colIdx };
}

/** Lists of users (neighbours shifted by the number of users), then lists of items, in one CSR. */
function join(userToItem: Csr, itemToUser: Csr): Csr {
  const users = userToItem.nodes;
  const nodes = users + itemToUser.nodes;
  const edges = userToItem.colIdx.length;
  const rowPtr = new Uint32Array(nodes + 1);
  rowPtr.set(userToItem.rowPtr);
  for (let item = 0; item <= itemToUser.nodes; item++) {
    rowPtr[users + item] = edges + itemToUser.rowPtr[item];
  }
  const colIdx = new Uint32Array(2 * edges);
  for (let at = 0; at < edges; at++) colIdx[at] = userToItem.colIdx[at] + users;
  colIdx.set(itemToUser.colIdx, edges);
  return { nodes, rowPtr, colIdx };
}

/**
 * Builds the graph both ways from edges, or from those that `rows` lists (a training split).
 * @throws RangeError when an index is not below `users` or `items`.
 */
export function buildCsr(
  users: number,
  items: number,
  edges: BipartiteEdges,
  rows?: Uint32Array,
): BipartiteCsr {
  const { user, item, time } = edges;
  const chosen = rows ?? allRows(user.length);
  for (const edge of chosen) {
    if (!(user[edge] < users && item[edge] < items)) {
      throw new RangeError(
        `edge ${edge} joins user ${user[edge]} and item ${item[edge]}, ` +
          `but there are ${users} users and ${items} items`,
      );
    }
  }
  const byItem = sortedRows(chosen, time, item);
  const byUser = sortedRows(chosen, time, user);
  const userToItem = adjacency(users, user, item, byItem);
  const itemToUser = adjacency(items, item, user, byUser);
  return { users, items, userToItem, itemToUser, joint: join(userToItem, itemToUser) };
}

/** A CSR as the kernels read it, little-endian u32, zero-padded to whole 64-byte beats. */
export interface DeviceCsr {
  readonly nodes: number;
  /** {begin, end} of each node's list in `colIdx`, 8 bytes a node, so that no pair straddles a beat. */
  readonly extent: Uint32Array;
  readonly colIdx: Uint32Array;
}

const wordsInBeat = 16;

/** Words of whole beats; at least one beat, since a device cannot allocate nothing. */
function padded(words: number): number {
  return Math.max(1, Math.ceil(words / wordsInBeat)) * wordsInBeat;
}

/** Lays a CSR out for `neighbor_sample` (specification, "neighbor_sample"). */
export function deviceCsr(csr: Csr): DeviceCsr {
  const extent = new Uint32Array(padded(2 * csr.nodes));
  for (let node = 0; node < csr.nodes; node++) {
    extent[2 * node] = csr.rowPtr[node];
    extent[2 * node + 1] = csr.rowPtr[node + 1];
  }
  const colIdx = new Uint32Array(padded(csr.colIdx.length));
  colIdx.set(csr.colIdx);
  return { nodes: csr.nodes, extent, colIdx };
}
