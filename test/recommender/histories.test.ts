import { describe, expect, it } from 'vitest';
import type { Histories } from '../../host/recommender/histories.ts';
import {
  byRecency,
  historiesOf,
  historyOf,
  holdBackLast,
  popularity,
} from '../../host/recommender/histories.ts';

function histories(items: number, ...lists: readonly (readonly number[])[]): Histories {
  const rowPtr = new Uint32Array(lists.length + 1);
  lists.forEach((list, user) => {
    rowPtr[user + 1] = rowPtr[user] + list.length;
  });
  return historiesOf(
    { nodes: lists.length, rowPtr, colIdx: Uint32Array.from(lists.flat()) },
    items,
  );
}

describe('histories', () => {
  it('keep an item that was met twice at its last time', () => {
    const made = histories(4, [2, 0, 2, 1], [], [3, 3]);
    expect([...historyOf(made, 0)]).toEqual([0, 2, 1]);
    expect([...historyOf(made, 1)]).toEqual([]);
    expect([...historyOf(made, 2)]).toEqual([3]);
    expect([...popularity(made)]).toEqual([1, 1, 1, 1]);
  });

  it('hold back the last items, a quarter at most', () => {
    const made = histories(10, [0, 1, 2], [0, 1, 2, 3], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    const { before, later } = holdBackLast(made, 2);
    expect([...historyOf(before, 0)]).toEqual([0, 1, 2]);
    expect([...historyOf(before, 1)]).toEqual([0, 1, 2]);
    expect([...historyOf(before, 2)]).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
    expect([...later.rowPtr]).toEqual([0, 0, 1, 3]);
    expect([...later.colIdx]).toEqual([3, 1, 0]);
  });

  it('weigh the last item 1 and each one before it less', () => {
    const { values, lists } = byRecency(histories(5, [4, 2, 0], [1]), 2);
    expect([...lists.colIdx]).toEqual([4, 2, 0, 1]);
    expect([...values]).toEqual([Math.exp(-1), Math.exp(-0.5), 1, 1]);
    // exp(−40) would be lost in 16 bits: such items are left out.
    expect(byRecency(histories(5, [4, 2, 0]), 0.05).lists.colIdx.length).toBe(1);
  });
});
