import type { BlockOp } from '../../ir/blocks.ts';
import { bitsOf, type Expr, type LocalArray } from '../../ir/ir.ts';
import { ramSignal, range } from './ports.ts';
import type { ProcessContext } from './process-context.ts';

export function addressBits({ length }: LocalArray): number {
  return Math.max(1, Math.ceil(Math.log2(length)));
}

/** The process's arrays: a block RAM each. */
export function arrays(context: ProcessContext): void {
  for (const array of context.scheduled.blocks.arrays) {
    const signal = (name: string) => ramSignal(array.name, name);
    const width = bitsOf(array.element);
    const uses = (kind: string) => context.scheduled.accessStage.has(`${kind} ${array.name}`);
    if (!uses('load') && !uses('store')) continue;
    const bits = addressBits(array);
    context.line();
    context.line(`// Array ${array.name}, line ${array.span.line}.`);
    for (const name of ['read', 'write']) context.line(`wire ${signal(name)};`);
    for (const name of ['read_address', 'write_address'])
      context.line(`wire ${range(bits)}${signal(name)};`);
    for (const name of ['write_data', 'read_data'])
      context.line(`wire ${range(width)}${signal(name)};`);
    context.line('tw_ram #(');
    context.line(`    .WIDTH(${width}),`);
    context.line(`    .DEPTH(${array.length}),`);
    context.line(`    .ADDRESS(${bits})`);
    context.line(`) ram_${array.name} (`);
    const ports = ['read', 'read_address', 'read_data', 'write', 'write_address', 'write_data'];
    context.line('    .clk(clk),');
    ports.forEach((port, at) => {
      context.line(`    .${port}(${signal(port)})${at < ports.length - 1 ? ',' : ''}`);
    });
    context.line(');');
    const idle = (kind: string, names: readonly string[]) => {
      if (uses(kind)) return;
      for (const name of names) {
        const zero = name === 'write_data' ? width : name.endsWith('address') ? bits : 1;
        context.line(`assign ${signal(name)} = ${zero}'d0;`);
      }
    };
    idle('load', ['read', 'read_address']);
    idle('store', ['write', 'write_address', 'write_data']);
    if (!uses('load')) context.partly.add(signal('read_data'));
  }
}

/**
 * When a load in this stage must wait for an older store of the same element. One that is stored in the
 * very cycle of the load is forwarded by the RAM; so only stores that stay in the pipeline count.
 */
export function arrayHazards(context: ProcessContext, stage: number): string[] {
  const { accessStage, blocks } = context.scheduled;
  return blocks.arrays.flatMap((array) => {
    const from = accessStage.get(`load ${array.name}`);
    const to = accessStage.get(`store ${array.name}`);
    if (from !== stage || to === undefined || to <= from + 1) return [];
    const loads = accessesIn(context, 'load', array);
    return loads.flatMap(({ op, block }) => {
      const older: string[] = [];
      for (let at = from + 1; at <= to; at++) {
        for (const store of accessesIn(context, 'store', array)) {
          older.push(`(${pending(context, op, block, stage, store, at, to).join(' && ')})`);
        }
      }
      const active = context.active(op, stage, block);
      return [`(${[...active, `(${older.join(' || ')})`].join(' && ')})`];
    });
  });
}

interface Access {
  readonly op: BlockOp;
  readonly block: number;
}

function accessesIn(context: ProcessContext, kind: string, array: LocalArray): readonly Access[] {
  return context.scheduled.blocks.blocks.flatMap((block, index) =>
    block.ops
      .filter((op) => op.kind === kind && op.resource === array.name)
      .map((op) => ({ op, block: index })),
  );
}

/** The store is in stage `at`, will happen, and may be of the element that the load is about to read. */
function pending(
  context: ProcessContext,
  load: BlockOp,
  loadBlock: number,
  loadStage: number,
  store: Access,
  at: number,
  last: number,
): string[] {
  const holds = context.holds(at, store.block);
  const conditions = [`s${at}_valid`, ...(holds === undefined ? [] : [holds])];
  const known = (expr: Expr) => context.knownBy(expr, store.block, at);
  // What this very stage finds out is not yet true while it waits: an older block has still to write a variable.
  const unless = (expr: Expr, text: string) =>
    at > context.scheduled.gate || context.knownBy(expr, store.block, at - 1)
      ? text
      : `(s${at}_stall || ${text})`;
  const { predicate, args } = store.op;
  if (predicate !== undefined && known(predicate))
    conditions.push(unless(predicate, context.refer(predicate, at, store.block)));
  if (known(args[0])) {
    const address = context.refer(args[0], at, store.block);
    const same = `${address} == ${context.refer(load.args[0], loadStage, loadBlock)}`;
    conditions.push(unless(args[0], `(${same})`));
  }
  // In its last stage it is stored in this cycle, unless that stage has to wait.
  if (at === last) conditions.push(`!s${at}_go`);
  return conditions;
}
