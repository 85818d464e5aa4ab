import type { Csr } from '../graph/csr.ts';

/** Each user's items in the order of time, oldest first, no item twice. */
export interface Histories {
  readonly users: number;
  readonly items: number;
  /** users lists of item indices. */
  readonly lists: Csr;
}

/**
 * Histories from the user side of a graph, whose lists are sorted by time. Of an item that a user met
 * several times the last time counts.
 */
export function historiesOf(userToItem: Csr, items: number): Histories {
  const users = userToItem.nodes;
  const rowPtr = new Uint32Array(users + 1);
  const colIdx: number[] = [];
  const metBy = new Int32Array(items).fill(-1);
  for (let user = 0; user < users; user++) {
    const kept: number[] = [];
    for (let at = userToItem.rowPtr[user + 1]; at-- > userToItem.rowPtr[user]; ) {
      const item = userToItem.colIdx[at];
      if (metBy[item] === user) continue;
      metBy[item] = user;
      kept.push(item);
    }
    for (let at = kept.length; at-- > 0; ) colIdx.push(kept[at]);
    rowPtr[user + 1] = colIdx.length;
  }
  return { users, items, lists: { nodes: users, rowPtr, colIdx: Uint32Array.from(colIdx) } };
}

/** What a user did so far, oldest first. */
export function historyOf(histories: Histories, user: number): Uint32Array {
  const { rowPtr, colIdx } = histories.lists;
  return colIdx.subarray(rowPtr[user], rowPtr[user + 1]);
}

/** How many users met each item. */
export function popularity(histories: Histories): Float64Array {
  const counts = new Float64Array(histories.items);
  for (const item of histories.lists.colIdx) counts[item]++;
  return counts;
}

/** Histories without each user's last items, and those items, oldest first. */
export interface HeldBack {
  readonly before: Histories;
  /** users lists; empty for a user with too few interactions. */
  readonly later: Csr;
}

/**
 * Holds back up to `count` last items of each user, a quarter of the history at most, so that the rest
 * still says something about the user.
 */
export function holdBackLast(histories: Histories, count: number): HeldBack {
  const { users, items } = histories;
  const early = { rowPtr: new Uint32Array(users + 1), colIdx: [] as number[] };
  const late = { rowPtr: new Uint32Array(users + 1), colIdx: [] as number[] };
  for (let user = 0; user < users; user++) {
    const history = historyOf(histories, user);
    const cut = history.length - Math.min(count, history.length >> 2);
    history.forEach((item, at) => {
      (at < cut ? early : late).colIdx.push(item);
    });
    early.rowPtr[user + 1] = early.colIdx.length;
    late.rowPtr[user + 1] = late.colIdx.length;
  }
  const csr = ({ rowPtr, colIdx }: typeof early): Csr => ({
    nodes: users,
    rowPtr,
    colIdx: Uint32Array.from(colIdx),
  });
  return { before: { users, items, lists: csr(early) }, later: csr(late) };
}

/** A sparse matrix, users × items, with a value beside each entry of `lists`. */
export interface Weighted {
  readonly users: number;
  readonly items: number;
  readonly lists: Csr;
  readonly values: Float64Array;
}

/** Ones: who met what. */
export function binary({ users, items, lists }: Histories): Weighted {
  return { users, items, lists, values: new Float64Array(lists.colIdx.length).fill(1) };
}

/** Weights under this are left out: they would be lost in the rounding of the features anyway. */
const least = 1e-4;

/**
 * exp(−age / span), where the last item has age 0, the one before it 1, and so on: what a user does
 * next depends on the last few items more than on all others together.
 */
export function byRecency({ users, items, lists }: Histories, span: number): Weighted {
  const rowPtr = new Uint32Array(users + 1);
  const colIdx: number[] = [];
  const values: number[] = [];
  const reach = Math.floor(-Math.log(least) * span);
  for (let user = 0; user < users; user++) {
    const end = lists.rowPtr[user + 1];
    for (let at = Math.max(lists.rowPtr[user], end - 1 - reach); at < end; at++) {
      colIdx.push(lists.colIdx[at]);
      values.push(Math.exp(-(end - 1 - at) / span));
    }
    rowPtr[user + 1] = colIdx.length;
  }
  return {
    users,
    items,
    lists: { nodes: users, rowPtr, colIdx: Uint32Array.from(colIdx) },
    values: Float64Array.from(values),
  };
}
