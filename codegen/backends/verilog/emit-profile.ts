import type { BlockOp } from '../../ir/blocks.ts';
import type { Expr } from '../../ir/ir.ts';
import { operandsOf } from '../../ir/visit.ts';
import { type StallReason, stallReasons } from './emit-sequencing.ts';
import type { ProcessContext } from './process-context.ts';

/** Of what holds up one stage: what comes after the process, what comes before it, its own older blocks. */
const order = ['write', 'send', 'request', 'response', 'receive', 'read'];

/**
 * Wires that say in each cycle what the process does, for a simulator that counts them; they exist under
 * TILEWRIGHT_PROFILE only.
 *
 * - `profile_begins`: a block enters the pipeline. `profile_moves`: one in any stage goes on.
 *   `profile_holds`: there is one.
 * - `profile_<n>_<kind>_<resource>`: a stage holds a block that has to wait for this access.
 * - `profile_<n>_own_<stage>`: the stage holds one that has to wait for an older one of this process.
 *
 * The lower `n`, the older the block: where several wait, the first one of them holds up the others.
 */
export function profile(context: ProcessContext): readonly string[] {
  const { stages } = context.scheduled;
  const each = (signal: string) =>
    Array.from({ length: stages }, (_, stage) => `s${stage}_${signal}`).join(' || ');
  const lines = [
    'wire profile_begins = s0_go;',
    `wire profile_moves = ${each('go')};`,
    `wire profile_holds = ${each('valid')};`,
  ];
  let number = 0;
  for (let stage = stages - 1; stage >= 0; stage--) {
    for (const { name, reason } of waitsAt(context, stage)) {
      lines.push(`wire profile_${number++}_${name} = s${stage}_valid && ${reason};`);
    }
  }
  return [
    '',
    '`ifdef TILEWRIGHT_PROFILE',
    '    // For `tilewright profile`: what the process does, and what it waits for, oldest block first.',
    ...lines.map((line) => `    ${line}`),
    '`endif',
  ];
}

interface Wait {
  readonly name: string;
  /** True, as text, where the block in the stage waits for it. */
  readonly reason: string;
}

function waitsAt(context: ProcessContext, stage: number): readonly Wait[] {
  const reasons = new Map<string, string[]>();
  const add = (name: string, text: string) =>
    reasons.set(name, [...(reasons.get(name) ?? []), text]);
  const accesses = new Map<string, StallReason['access']>();
  const own: string[] = [];
  for (const { access, text } of stallReasons(context, stage)) {
    if (access === undefined) {
      own.push(text);
      continue;
    }
    const name = `${access.kind}_${access.resource}`;
    accesses.set(name, access);
    add(name, text);
  }
  const sorted = [...accesses].sort(
    ([, a], [, b]) => order.indexOf(a?.kind ?? '') - order.indexOf(b?.kind ?? ''),
  );
  const uses = new Map(sorted.map(([name, access]) => [name, usesOf(context, access)]));
  // Last of all itself: an older block that waits has told why already.
  for (const text of own) add(`own_${stage}`, text);
  return [...sortedByNeed(uses), ...(own.length === 0 ? [] : [`own_${stage}`])].map((name) => ({
    name,
    reason: `(${(reasons.get(name) ?? []).join(' || ')})`,
  }));
}

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
      if (other !== name && ops.some((one) => followsFrom(one, sources))) add(other, sources);
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
