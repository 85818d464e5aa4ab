import {
  type Block,
  type BlockProcess,
  type BlockWrite,
  rootsOf,
  targetsOf,
} from '../ir/blocks.ts';
import { binary, not as negation, select } from '../ir/build.ts';
import type { Interner } from '../ir/intern.ts';
import { type Expr, type Process, type Type, u1 } from '../ir/ir.ts';
import { operandsOf } from '../ir/visit.ts';
import type { Draft } from './block-draft.ts';
import { mapConditions, mapTargets, pathTo, replaceTarget } from './next-blocks.ts';
import { substitute } from './substitute.ts';
import { withoutUnwritten } from './unwritten-variables.ts';

/** What the drafts of a process were formed with. */
export interface Formed {
  readonly process: Process;
  readonly drafts: readonly Draft[];
  readonly interner: Interner;
  readonly types: ReadonlyMap<string, Type>;
  /** Source names of values; more are added. */
  readonly names: Map<Expr, string>;
  /** A variable as it was when the block began. */
  leaf(name: string): Expr;
}

/** Drafts → blocks: empty ones merged, unreachable ones gone, only what lives on written. */
export function finishBlocks(formed: Formed): BlockProcess {
  return new Finisher(formed).finish();
}

class Finisher {
  private readonly process: Process;
  private readonly drafts: readonly Draft[];
  private readonly interner: Interner;
  private readonly types: ReadonlyMap<string, Type>;
  private readonly names: Map<Expr, string>;
  private readonly formed: Formed;

  constructor(formed: Formed) {
    const { process, drafts, interner, types, names } = formed;
    this.process = process;
    this.drafts = drafts;
    this.interner = interner;
    this.types = types;
    this.names = names;
    this.formed = formed;
  }

  private leaf(name: string): Expr {
    return this.formed.leaf(name);
  }

  finish(): BlockProcess {
    this.mergeEmpty();
    const reachable = this.reachable();
    const renumber = new Map(reachable.map((old, at) => [old, at]));
    const drafts = reachable.map((at) => this.drafts[at]);
    const live = this.liveness(drafts, renumber);
    const blocks: Block[] = drafts.map((draft, at) => ({
      ops: draft.ops.map(({ places: _, ...op }) => op),
      writes: [...draft.env]
        .filter(
          ([name, value]) =>
            live[at].has(name) &&
            (value !== this.leaf(name) || draft.ops.some((op) => op.into.includes(name))),
        )
        .map(([name, value]) => this.conditional(name, value)),
      next: mapTargets(draft.next, (block) => renumber.get(block)),
      ...(draft.ii === undefined ? {} : { ii: draft.ii }),
      span: draft.span,
    }));
    const state = new Map<string, Type>();
    for (const block of blocks) {
      for (const { variable } of block.writes) {
        const type = this.types.get(variable);
        if (type !== undefined) state.set(variable, type);
      }
    }
    const { name, span, arrays } = this.process;
    const known = withoutUnwritten(blocks, state, this.types, this.interner, this.names);
    return { name, span, arrays, blocks: known, state, names: this.names };
  }

  /** A value that is the old one in some cases is written only in the others. */
  private conditional(variable: string, value: Expr): BlockWrite {
    const old = this.leaf(variable);
    if (value === old) return { variable, value };
    const strip = (expr: Expr): { value: Expr; enable: Expr | undefined } => {
      if (expr.op !== 'select' || expr.condition.type.kind === 'vec') {
        return { value: expr, enable: undefined };
      }
      if (expr.else === old) return { value: expr.then, enable: expr.condition };
      if (expr.then === old) return { value: expr.else, enable: negation(expr.condition) };
      const rest = strip(expr.else);
      if (rest.enable === undefined) return { value: expr, enable: undefined };
      return {
        value: { ...expr, else: rest.value },
        enable: binary('or', u1, expr.condition, rest.enable),
      };
    };
    const stripped = strip(value);
    const kept = this.interner.intern(stripped.value);
    const name = this.names.get(value);
    if (name !== undefined && !this.names.has(kept) && operandsOf(kept).length > 0) {
      this.names.set(kept, name);
    }
    return {
      variable,
      value: kept,
      ...(stripped.enable === undefined ? {} : { enable: this.interner.intern(stripped.enable) }),
    };
  }

  /**
   * A block without operations costs a cycle and does nothing but assign and branch: its predecessors do
   * that in its place.
   */
  private mergeEmpty(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const [at, draft] of this.drafts.entries()) {
        if (at === 0 || draft.ops.length > 0 || [...targetsOf(draft.next)].includes(at)) continue;
        for (const before of this.drafts) {
          if (before === draft || ![...targetsOf(before.next)].includes(at)) continue;
          this.absorb(before, at, draft);
          changed = true;
        }
      }
    }
  }

  private absorb(before: Draft, at: number, draft: Draft): void {
    const env = new Map(before.env);
    const inside = (expr: Expr) => this.interner.intern(substitute(expr, (name) => env.get(name)));
    const path = pathTo(before.next, at);
    for (const [name, value] of draft.env) {
      const after = inside(value);
      const old = env.get(name) ?? this.leaf(name);
      before.env.set(
        name,
        path === undefined ? after : this.interner.intern(select(path, after, old, after.type)),
      );
    }
    const replacement = mapConditions(draft.next, inside);
    before.next = replaceTarget(before.next, at, replacement);
  }

  private reachable(): number[] {
    const seen = [0];
    for (let at = 0; at < seen.length; at++) {
      for (const target of targetsOf(this.drafts[seen[at]].next)) {
        if (target !== undefined && !seen.includes(target)) seen.push(target);
      }
    }
    return seen;
  }

  /** Variables that some block reads after this one, by block. */
  private liveness(drafts: readonly Draft[], renumber: ReadonlyMap<number, number>): Set<string>[] {
    const liveOut = drafts.map(() => new Set<string>());
    const uses = (draft: Draft, out: ReadonlySet<string>): Set<string> => {
      const defined = new Set(draft.ops.flatMap((op) => op.into));
      const found = new Set<string>();
      const seen = new Set<Expr>();
      const visit = (expr: Expr): void => {
        if (seen.has(expr)) return;
        seen.add(expr);
        if (expr.op === 'var' && !defined.has(expr.name)) found.add(expr.name);
        for (const operand of operandsOf(expr)) visit(operand);
      };
      for (const root of rootsOf({ ...draft, writes: [] })) visit(root);
      for (const name of out) {
        const value = draft.env.get(name);
        if (value === undefined) found.add(name);
        else visit(value);
      }
      return found;
    };
    for (let changed = true; changed; ) {
      changed = false;
      drafts.forEach((draft, at) => {
        for (const target of targetsOf(draft.next)) {
          if (target === undefined) continue;
          const to = renumber.get(target) ?? 0;
          for (const name of uses(drafts[to], liveOut[to])) {
            if (liveOut[at].has(name)) continue;
            liveOut[at].add(name);
            changed = true;
          }
        }
      });
    }
    return liveOut;
  }
}
