import { type Block, type BlockProcess, readsOf, targetsOf } from './blocks.ts';
import type { ScheduledProcess } from './scheduled.ts';

/**
 * Blocks that control comes back to, each with the way round through blocks of the same loop. Blocks that
 * a body was split into share the place in the source of their loop.
 */
export interface LoopCycle {
  readonly head: number;
  /** Blocks of one iteration, from the head on; undefined where an inner loop decides. */
  readonly path: readonly number[] | undefined;
}

export function loopCycles(process: BlockProcess): readonly LoopCycle[] {
  const next = process.blocks.map((block) =>
    [...new Set(targetsOf(block.next))].filter((one) => one !== undefined),
  );
  const sameSpan = (a: number, b: number) => {
    const [one, other] = [process.blocks[a].span, process.blocks[b].span];
    return one.file === other.file && one.line === other.line && one.column === other.column;
  };
  const heads = new Set<number>();
  const open = new Set<number>();
  const done = new Set<number>();
  const visit = (at: number): void => {
    open.add(at);
    for (const target of next[at]) {
      if (open.has(target)) heads.add(target);
      else if (!done.has(target)) visit(target);
    }
    open.delete(at);
    done.add(at);
  };
  visit(0);
  return [...heads]
    .sort((a, b) => a - b)
    .map((head) => {
      if (next[head].includes(head)) return { head, path: [head] };
      const back = (at: number): readonly number[] | undefined => {
        let longest: readonly number[] | undefined;
        for (const target of next[at]) {
          if (target === head) longest ??= [at];
          else if (!heads.has(target) && sameSpan(target, head)) {
            const rest = back(target);
            if (rest !== undefined && rest.length >= (longest?.length ?? 0))
              longest = [at, ...rest];
          }
        }
        return longest;
      };
      return { head, path: back(head) };
    });
}

function uses(block: Block, kind: 'load' | 'store'): readonly string[] {
  return block.ops.filter((op) => op.kind === kind).map((op) => op.resource);
}

/** What a block of the loop waited for, and how many cycles more than one that took. */
export type Wait =
  | { readonly kind: 'condition'; readonly block: number; readonly cycles: number }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly writer: number;
      readonly reader: number;
      readonly cycles: number;
    }
  /** An element that is loaded while the store of the same one is on its way: at worst every time. */
  | {
      readonly kind: 'array';
      readonly name: string;
      readonly writer: number;
      readonly cycles: number;
    };

/** Stages from the load of an array's element to its store; undefined where the process does not do both. */
function storeDistance(scheduled: ScheduledProcess, array: string): number | undefined {
  const [load, store] = ['load', 'store'].map((kind) =>
    scheduled.accessStage.get(`${kind} ${array}`),
  );
  return load === undefined || store === undefined ? undefined : store - load;
}

/**
 * Runs the blocks of a loop round and round by the rules of the pipeline (a block enters when its
 * predecessor's successor is known and every older write that it reads is done), streams never empty or full.
 */
export function intervalOfCycle(
  scheduled: ScheduledProcess,
  path: readonly number[],
): { readonly cycles: number; readonly waits: readonly Wait[] } {
  const { blocks, nextStage, readStage, writeStage } = scheduled;
  const reads = path.map((block) => readsOf(blocks.blocks[block]));
  const writes = path.map(
    (block) => new Set(blocks.blocks[block].writes.map((one) => one.variable)),
  );
  const rounds = 4;
  const entered: number[] = [];
  let waits: Wait[] = [];
  for (let round = 0; round < rounds; round++) {
    waits = [];
    for (const [at, block] of path.entries()) {
      const number = entered.length;
      if (number === 0) {
        entered.push(0);
        continue;
      }
      const before = path[(number - 1) % path.length];
      let time = entered[number - 1] + 1 + nextStage[before];
      let wait: Wait | undefined;
      if (nextStage[before] > 0) {
        wait = { kind: 'condition', block: before, cycles: nextStage[before] };
      }
      for (let old = 0; old < number; old++) {
        for (const name of writes[old % path.length]) {
          if (!reads[at].has(name)) continue;
          const late = (writeStage.get(name) ?? 0) - (readStage.get(name) ?? 0);
          if (late <= 0 || entered[old] + late + 1 <= time) continue;
          time = entered[old] + late + 1;
          const writer = path[old % path.length];
          wait = { kind: 'variable', name, writer, reader: block, cycles: 0 };
        }
        const writer = path[old % path.length];
        for (const name of uses(blocks.blocks[writer], 'store')) {
          const distance = storeDistance(scheduled, name);
          if (distance === undefined || !uses(blocks.blocks[block], 'load').includes(name))
            continue;
          // The RAM forwards what is stored in the very cycle of the load.
          if (entered[old] + distance <= time) continue;
          time = entered[old] + distance;
          wait = { kind: 'array', name, writer, cycles: 0 };
        }
      }
      const cycles = time - entered[number - 1] - 1;
      if (wait !== undefined) waits.push({ ...wait, cycles });
      entered.push(time);
    }
  }
  const first = entered[entered.length - 2 * path.length];
  return { cycles: entered[entered.length - path.length] - first, waits };
}
