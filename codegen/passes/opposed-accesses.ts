import type { BlockOp, BlockProcess } from '../ir/blocks.ts';
import { variablesOf } from '../ir/reads.ts';

/** An access as all blocks share it: one of a resource's in each, of one stage in all. */
export function accessKey({ kind, resource }: Pick<BlockOp, 'kind' | 'resource'>): string {
  return `${kind} ${resource}`;
}

/**
 * No stages fit: one block has an access wait for another by what that gave, a second block the other way round,
 * and each is to have one stage.
 */
export class OpposedAccesses extends Error {
  /** Those whose stages grow without end. */
  readonly keys: ReadonlySet<string>;

  constructor(process: string, keys: Iterable<string>) {
    super(`process ${process}: no order of ${[...keys].join(', ')}`);
    this.keys = new Set(keys);
  }
}

/** Pairs of accesses of which the second, where it waits for the first, stands in a later block. */
export class Parted {
  private readonly pairs = new Set<string>();

  /** True where an access of these arguments (and its condition) must not stand behind `op` in its block. */
  from(op: BlockOp, key: string, needed: ReadonlySet<string>): boolean {
    return this.pairs.has(`${accessKey(op)} ${key}`) && waitsFor(op, needed);
  }

  /** Parts one more pair of those opposed, that of the fewest blocks; false where none is left. */
  add(process: BlockProcess, opposed: ReadonlySet<string>): boolean {
    const count = new Map<string, number>();
    for (const { ops, ii } of process.blocks) {
      ops.forEach((op, at) => {
        if (!opposed.has(accessKey(op))) return;
        const needed = namesIn(op);
        for (const first of ops.slice(0, at)) {
          if (!opposed.has(accessKey(first)) || !waitsFor(first, needed)) continue;
          const pair = `${accessKey(first)} ${accessKey(op)}`;
          // A loop that is pipelined pays for a block more in every turn.
          count.set(pair, (count.get(pair) ?? 0) + (ii === undefined ? 1 : 100));
        }
      });
    }
    const [least] = [...count].sort(([, a], [, b]) => a - b);
    if (least === undefined) return false;
    this.pairs.add(least[0]);
    return true;
  }
}

function waitsFor(first: BlockOp, needed: ReadonlySet<string>): boolean {
  return first.into.some((name) => name !== undefined && needed.has(name));
}

function namesIn({ args, predicate }: BlockOp): ReadonlySet<string> {
  const exprs = predicate === undefined ? args : [predicate, ...args];
  return new Set(exprs.flatMap((one) => [...variablesOf(one)]));
}
