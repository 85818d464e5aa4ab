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

/**
 * Whether two accesses of a block are in order because of what they are to: what answers a request of this very block
 * must come after it, or it waits for itself. A load behind a store is in another arm of an if, since blocks end where
 * it must see what was stored.
 */
export function inOrder(
  first: Pick<BlockOp, 'kind' | 'resource'>,
  second: Pick<BlockOp, 'kind' | 'resource'>,
): boolean {
  return first.resource === second.resource && first.kind !== second.kind && second.kind !== 'load';
}

/** Pairs of accesses of which the second, where it waits for the first, stands in a later block. */
export class Parted {
  /** Of which the second needs what the first gave, and of which it is in order behind the first. */
  private readonly giving = new Set<string>();
  private readonly ordered = new Set<string>();

  /** True where an access of these arguments (and its condition) must not stand behind `op` in its block. */
  from(
    op: BlockOp,
    second: Pick<BlockOp, 'kind' | 'resource'>,
    needed: ReadonlySet<string>,
  ): boolean {
    const pair = `${accessKey(op)} ${accessKey(second)}`;
    if (this.giving.has(pair) && gives(op, needed)) return true;
    return this.ordered.has(pair) && inOrder(op, second);
  }

  /**
   * Parts one more pair of those opposed, that of the fewest blocks; false where none is left. Pairs of which one
   * gives what the other takes come first: between those of one memory or array there is more to lose.
   */
  add(process: BlockProcess, opposed: ReadonlySet<string>): boolean {
    const given = leastPair(process, opposed, (first, second) => gives(first, namesIn(second)));
    if (given !== undefined) {
      this.giving.add(given);
      return true;
    }
    const ordered = leastPair(process, opposed, inOrder);
    if (ordered !== undefined) this.ordered.add(ordered);
    return ordered !== undefined;
  }
}

/** The pair in the fewest blocks of which the second waits for the first. */
function leastPair(
  process: BlockProcess,
  opposed: ReadonlySet<string>,
  waits: (first: BlockOp, second: BlockOp) => boolean,
): string | undefined {
  const count = new Map<string, number>();
  for (const { ops, ii } of process.blocks) {
    ops.forEach((op, at) => {
      if (!opposed.has(accessKey(op))) return;
      for (const first of ops.slice(0, at)) {
        if (!opposed.has(accessKey(first)) || !waits(first, op)) continue;
        const pair = `${accessKey(first)} ${accessKey(op)}`;
        // A loop that is pipelined pays for a block more in every turn.
        count.set(pair, (count.get(pair) ?? 0) + (ii === undefined ? 1 : 100));
      }
    });
  }
  const [least] = [...count].sort(([, a], [, b]) => a - b);
  return least?.[0];
}

function gives(first: BlockOp, needed: ReadonlySet<string>): boolean {
  return first.into.some((name) => name !== undefined && needed.has(name));
}

function namesIn({ args, predicate }: BlockOp): ReadonlySet<string> {
  const exprs = predicate === undefined ? args : [predicate, ...args];
  return new Set(exprs.flatMap((one) => [...variablesOf(one)]));
}
