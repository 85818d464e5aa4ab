import type { BlockOp } from '../../ir/blocks.ts';
import type { Expr } from '../../ir/ir.ts';
import { operandsOf } from '../../ir/visit.ts';
import { accessSignals } from './ports.ts';
import type { ProcessContext } from './process-context.ts';

/** Of what holds up one stage: what comes after the process, what comes before it, its own older blocks. */
const order = ['write', 'send', 'request', 'response', 'receive', 'read'];

/**
 * Wires that say in each cycle what the process does, for a simulator that counts them; they exist under
 * TILEWRIGHT_PROFILE only.
 *
 * - `profile_begins`: a block enters the pipeline. `profile_moves`: one in any stage goes on.
 *   `profile_holds`: there is one.
 * - `profile_<n>_<kind>_<resource>`: the stage of this access holds a block that has to wait for it.
 * - `profile_<n>_own_<stage>`: the stage holds a block that has to wait for an older one of this process.
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
    const waits = accessesAt(context, stage);
    for (const { name, reason } of waits) {
      lines.push(`wire profile_${number++}_${name} = s${stage}_valid && ${reason};`);
    }
    if (!mayWaitForOlder(context, stage)) continue;
    const others = waits.map(({ reason }) => ` && !${reason}`).join('');
    lines.push(
      `wire profile_${number++}_own_${stage} = s${stage}_valid && s${stage}_stall${others};`,
    );
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

function accessesAt(context: ProcessContext, stage: number): readonly Wait[] {
  const uses = new Map<string, { readonly op: BlockOp; readonly block: number }[]>();
  for (const one of context.opsAt(stage)) {
    const { kind, resource } = one.op;
    const name = `${kind}_${resource}`;
    uses.set(name, [...(uses.get(name) ?? []), one]);
  }
  const sorted = [...uses].sort(
    ([, [a]], [, [b]]) => order.indexOf(a.op.kind) - order.indexOf(b.op.kind),
  );
  return sortedByNeed(new Map(sorted)).flatMap(([name, ops]) => {
    const { busy } = accessSignals(ops[0].op, context.kernel);
    if (busy === undefined) return [];
    const actives = ops.map(({ op, block }) => context.active(op, stage, block));
    const when = actives.some((one) => one.length === 0)
      ? ''
      : ` && (${actives.map((one) => `(${one.join(' && ')})`).join(' || ')})`;
    return [{ name, reason: `(${busy}${when})` }];
  });
}

type Uses = readonly { readonly op: BlockOp; readonly block: number }[];

/**
 * Whether an access happens may follow from what another one of the same stage reads: while that is not
 * there, nothing is known of the first, so it comes behind.
 */
function sortedByNeed(uses: ReadonlyMap<string, Uses>): readonly (readonly [string, Uses])[] {
  const sorted = new Map<string, Uses>();
  const add = (name: string, ops: Uses): void => {
    if (sorted.has(name)) return;
    for (const [other, sources] of uses) {
      if (other !== name && ops.some((one) => followsFrom(one, sources))) add(other, sources);
    }
    sorted.set(name, ops);
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

/** Where a variable or an array element is read that an older block may have yet to write. */
function mayWaitForOlder({ scheduled }: ProcessContext, stage: number): boolean {
  const { readStage, writeStage, accessStage, blocks } = scheduled;
  const variables = [...blocks.state.keys()].some(
    (name) => (readStage.get(name) ?? 0) === stage && (writeStage.get(name) ?? 0) > stage,
  );
  const arrays = blocks.arrays.some(
    ({ name }) =>
      accessStage.get(`load ${name}`) === stage &&
      (accessStage.get(`store ${name}`) ?? 0) > stage + 1,
  );
  return variables || arrays;
}
