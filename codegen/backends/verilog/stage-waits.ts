import type { BlockOp } from '../../ir/blocks.ts';
import type { Expr } from '../../ir/ir.ts';
import { operandsOf } from '../../ir/visit.ts';
import { type StallReason, stallReasons } from './emit-sequencing.ts';
import type { ProcessContext } from './process-context.ts';

/** Of what holds up one stage: what comes after the process, what comes before it, its own older blocks. */
const order = ['write', 'send', 'request', 'response', 'receive', 'read'];

/** Something that a block in one stage may have to wait for. */
export interface Wait {
  /** `read_lists`; `own_3` for an older block of the process itself. */
  readonly name: string;
  /** True, as text, where the block in the stage waits for it. */
  readonly reason: string;
  /** The accesses behind it; none for an older block. */
  readonly accesses: readonly (StallReason & Required<Pick<StallReason, 'access'>>)[];
  /** Names of waits of the same stage without whose end nothing is known of this one. */
  readonly after: readonly string[];
}

/** What may hold up a block in a stage; of two that do, the first one is what it waits for. */
export function waitsAt(context: ProcessContext, stage: number): readonly Wait[] {
  const accesses = new Map<string, Wait['accesses'][number][]>();
  const own: string[] = [];
  for (const { access, text } of stallReasons(context, stage)) {
    if (access === undefined) {
      own.push(text);
      continue;
    }
    const name = `${access.kind}_${access.resource}`;
    accesses.set(name, [...(accesses.get(name) ?? []), { access, text }]);
  }
  const sorted = [...accesses].sort(
    ([, [a]], [, [b]]) => order.indexOf(a.access.kind) - order.indexOf(b.access.kind),
  );
  const uses = sorted.map(([name, [{ access }]]) => [name, usesOf(context, access)] as const);
  const after = new Map(
    uses.map(([name, ops]) => {
      const others = uses.filter(([other, sources]) => other !== name && follow(ops, sources));
      return [name, others.map(([other]) => other)];
    }),
  );
  const anyOf = (texts: readonly string[]) => `(${texts.join(' || ')})`;
  const waits = sortedByNeed(after).map((name): Wait => {
    const behind = accesses.get(name) ?? [];
    const reason = anyOf(behind.map(({ text }) => text));
    return { name, reason, accesses: behind, after: after.get(name) ?? [] };
  });
  if (own.length === 0) return waits;
  // Last of all itself: an older block that waits has told why already.
  return [...waits, { name: `own_${stage}`, reason: anyOf(own), accesses: [], after: [] }];
}

const follow = (uses: Uses, sources: Uses) => uses.some((one) => followsFrom(one, sources));

function usesOf(context: ProcessContext, access: StallReason['access']): Uses {
  return context.scheduled.blocks.blocks.flatMap(({ ops }, block) =>
    ops
      .filter((op) => op.kind === access?.kind && op.resource === access.resource)
      .map((op) => ({ op, block })),
  );
}

type Uses = readonly { readonly op: BlockOp; readonly block: number }[];

/**
 * Whether an access happens may follow from what another one of the same stage reads: while that is not
 * there, nothing is known of the first, so it comes behind.
 */
function sortedByNeed(after: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const sorted = new Set<string>();
  const add = (name: string): void => {
    if (sorted.has(name)) return;
    for (const other of after.get(name) ?? []) add(other);
    sorted.add(name);
  };
  for (const name of after.keys()) add(name);
  return [...sorted];
}

function followsFrom(use: Uses[number], sources: Uses): boolean {
  const results = new Set(
    sources.filter(({ block }) => block === use.block).flatMap(({ op }) => op.into),
  );
  if (results.size === 0 || use.op.predicate === undefined) return false;
  const seen = new Set<Expr>();
  const depends = (expr: Expr): boolean => {
    if (seen.has(expr)) return false;
    seen.add(expr);
    return (expr.op === 'var' && results.has(expr.name)) || operandsOf(expr).some(depends);
  };
  return depends(use.op.predicate);
}
