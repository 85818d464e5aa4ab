import { declaringStmt } from '../../ir/declaring.ts';
import { type AssignStmt, type Expr, lanesOf, type Process } from '../../ir/ir.ts';
import { reads } from '../../ir/reads.ts';
import { allStatements, definedBy, expressionsOf, operandsOf } from '../../ir/visit.ts';
import { sourcesOf } from './lane-sources.ts';

/**
 * A vector variable that hands out its lanes one after another: it is replaced as a whole, or its lanes move down
 * by some and a constant follows; and only lanes of known places are read. Its lanes can lie still in memory then,
 * the constant behind them, while a number says where lane 0 is.
 */
export interface ShiftRegister {
  readonly name: string;
  readonly fill: bigint;
}

function constantOf(source: ReturnType<typeof sourcesOf>[number]): bigint | undefined {
  const expr = 'scalar' in source ? source.scalar : source.vector;
  if (expr.op !== 'const') return undefined;
  if (typeof expr.value === 'bigint') return expr.value;
  return 'lane' in source ? expr.value[source.lane] : undefined;
}

/** By how many lanes an expression moves a variable down, and what follows; undefined where it is something else. */
export function shiftOf(
  value: Expr,
  variable: string,
): { readonly by: number; readonly fill: bigint } | undefined {
  if (value.op !== 'concat') return undefined;
  const sources = sourcesOf(value);
  const [first] = sources;
  if (!('lane' in first) || first.vector.op !== 'var' || first.vector.name !== variable) {
    return undefined;
  }
  const by = first.lane;
  const kept = sources.length - by;
  if (by < 1 || lanesOf(first.vector.type) !== sources.length) return undefined;
  const fill = constantOf(sources[kept]);
  if (fill === undefined) return undefined;
  const right = sources.every((source, at) => {
    if (at >= kept) return constantOf(source) === fill;
    const { vector, lane } = 'lane' in source ? source : { vector: undefined, lane: -1 };
    return vector?.op === 'var' && vector.name === variable && lane === at + by;
  });
  return right ? { by, fill } : undefined;
}

/** Whether nothing is read of a variable but lanes of known places. */
function onlyLanes(expr: Expr, variable: string): boolean {
  if (expr.op === 'var') return expr.name !== variable;
  if (expr.op === 'lane' && expr.vector.op === 'var' && expr.vector.name === variable) {
    const { index } = expr;
    if (index.op !== 'const' || typeof index.value !== 'bigint') return false;
    return index.value >= 0n && index.value < BigInt(lanesOf(expr.vector.type));
  }
  return operandsOf(expr).every((one) => onlyLanes(one, variable));
}

/** The shift registers among a process's variables. */
export function shiftRegisters(process: Process): ShiftRegister[] {
  const statements = [...allStatements(process.body)];
  return process.variables.flatMap(({ name, type, mutable }): ShiftRegister[] => {
    if (type.kind !== 'vec' || !mutable || declaringStmt(process.body, name) === undefined) {
      return [];
    }
    const assigned = statements.filter((stmt) => definedBy(stmt).includes(name));
    if (assigned.some(({ kind }) => kind !== 'assign')) return [];
    const shifts = new Map(
      (assigned as AssignStmt[]).flatMap((stmt) => {
        const shift = shiftOf(stmt.value, name);
        return shift === undefined ? [] : [[stmt as unknown, shift] as const];
      }),
    );
    const fills = new Set([...shifts.values()].map(({ fill }) => fill));
    const [fill] = fills;
    if (fill === undefined || fills.size > 1) return [];
    const others = statements.filter((stmt) => !shifts.has(stmt));
    const fits = others.every((stmt) =>
      expressionsOf(stmt).every((expr) =>
        definedBy(stmt).includes(name) ? !reads(expr, name) : onlyLanes(expr, name),
      ),
    );
    return fits ? [{ name, fill }] : [];
  });
}
