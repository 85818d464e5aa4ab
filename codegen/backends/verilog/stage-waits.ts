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
  const reasons = new Map<string, string[]>();
  const add = (name: string, text: string) =>
    reasons.set(name, [...(reasons.get(name) ?? []), text]);
  const accesses = new Map<string, Wait['accesses'][number][]>();
  const own: string[] = [];
  for (const { access, text } of stallReasons(context, stage)) {
    if (access === undefined) {
      own.push(text);
      continue;
    }
    const name = `${access.kind}_${access.resource}`;
    accesses.set(name, [...(accesses.get(name) ?? []), { access, text }]);
    add(name, text);
  }
  const sorted = [...accesses].sort(
    ([, [a]], [, [b]]) => order.indexOf(a.access.kind) - order.indexOf(b.access.kind),
  );
  const uses = new Map(sorted.map(([name, [{ access }]]) => [name, usesOf(context, access)]));
  // Last of all itself: an older block that waits has told why already.
  for (const text of own) add(`own_${stage}`, text);
  return [...sortedByNeed(uses), ...(own.length === 0 ? [] : [`own_${stage}`])].map((name) => ({
    name,
    reason: `(${(reasons.get(name) ?? []).join(' || ')})`,
    accesses: accesses.get(name) ?? [],
    after: [...uses]
      .filter(([other, sources]) => other !== name && follow(uses.get(name) ?? [], sources))
      .map(([other]) => other),
  }));
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
function sortedByNeed(uses: ReadonlyMap<string, Uses>): readonly string[] {
  const sorted = new Set<string>();
  const add = (name: string, ops: Uses): void => {
    if (sorted.has(name)) return;
    for (const [other, sources] of uses) {
      if (other !== name && follow(ops, sources)) add(other, sources);
    }
    sorted.add(name);
  };
  for (const [name, ops] of uses) add(name, ops);
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
