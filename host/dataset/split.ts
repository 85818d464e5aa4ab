import { allRows, sortedRows } from '../graph/stable-sort.ts';
import type { Interactions, Split } from './interactions.ts';

/** Users with fewer interactions stay in training whole. */
export const leastForSplit = 3;

/**
 * Leave-last-out: of each user with at least 3 interactions the last by time is `test`, the one before it
 * `validation`, the rest `train`; other users train only. Of equal times the item with the higher index
 * counts as later, so that the split does not depend on the order of rows. Each part is in row order.
 */
export function splitLeaveLastOut(interactions: Interactions): Split {
  const { user, item, time } = interactions;
  const order = sortedRows(allRows(user.length), user, time, item);
  const train: number[] = [];
  const validation: number[] = [];
  const test: number[] = [];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && user[order[to]] === user[order[from]]) to++;
    const held = to - from >= leastForSplit ? 2 : 0;
    for (let at = from; at < to - held; at++) train.push(order[at]);
    if (held > 0) {
      validation.push(order[to - 2]);
      test.push(order[to - 1]);
    }
    from = to;
  }
  return {
    train: Uint32Array.from(train).sort(),
    validation: Uint32Array.from(validation).sort(),
    test: Uint32Array.from(test).sort(),
  };
}
