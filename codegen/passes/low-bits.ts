import { declaringStmt } from '../ir/declaring.ts';
import type { Expr, Process } from '../ir/ir.ts';
import { elementOf, wrap } from '../ir/ir.ts';
import { allStatements, definedBy } from '../ir/visit.ts';

/** The lowest `bits` bits of a value are those of `value`. */
export interface LowBits {
  readonly bits: number;
  readonly value: bigint;
}

const nothing: LowBits = { bits: 0, value: 0n };
const everything = 64;

function keep({ bits, value }: LowBits, most: number): LowBits {
  const kept = Math.max(0, Math.min(bits, most));
  return { bits: kept, value: BigInt.asUintN(kept, value) };
}

/** What two possible values have in common. */
function meet(a: LowBits, b: LowBits): LowBits {
  let bits = 0;
  while (bits < Math.min(a.bits, b.bits) && ((a.value ^ b.value) >> BigInt(bits)) % 2n === 0n) {
    bits += 1;
  }
  return keep(a, bits);
}

/** What is known of an integer's lowest bits, e.g. that `i · 4 + 1` ends in 01. */
export function knownLowBits(expr: Expr, variables: ReadonlyMap<string, LowBits>): LowBits {
  if (expr.type.kind === 'vec') return nothing;
  const of = (one: Expr) => knownLowBits(one, variables);
  const result = ((): LowBits => {
    switch (expr.op) {
      case 'const':
        return typeof expr.value === 'bigint'
          ? keep({ bits: everything, value: BigInt.asUintN(everything, expr.value) }, everything)
          : nothing;
      case 'var':
        return variables.get(expr.name) ?? nothing;
      case 'cast':
        return expr.operand.type.kind === 'int' ? of(expr.operand) : nothing;
      case 'add':
      case 'sub':
      case 'and':
      case 'or':
      case 'xor': {
        const [a, b] = [of(expr.left), of(expr.right)];
        const bits = Math.min(a.bits, b.bits);
        const value = {
          add: a.value + b.value,
          sub: a.value - b.value,
          and: a.value & b.value,
          or: a.value | b.value,
          xor: a.value ^ b.value,
        }[expr.op];
        return keep({ bits: everything, value: BigInt.asUintN(everything, value) }, bits);
      }
      case 'mul': {
        const [a, b] = [of(expr.left), of(expr.right)];
        // Zeros at the end of one factor are zeros at the end of the product.
        const bits = Math.min(a.bits + zeros(b), b.bits + zeros(a));
        return keep({ bits: everything, value: a.value * b.value }, Math.min(bits, everything));
      }
      case 'shl': {
        const { right } = expr;
        if (right.op !== 'const' || typeof right.value !== 'bigint') return nothing;
        const a = of(expr.left);
        const by = Number(right.value);
        return keep(
          { bits: everything, value: a.value << right.value },
          Math.min(a.bits + by, everything),
        );
      }
      case 'select':
        return meet(of(expr.then), of(expr.else));
      default:
        return nothing;
    }
  })();
  const type = elementOf(expr.type);
  const known = keep(result, type.width);
  // All of its bits: then those above, which its sign decides, are known too.
  return known.bits < type.width
    ? known
    : { bits: everything, value: BigInt.asUintN(everything, wrap(known.value, type)) };
}

function zeros({ bits, value }: LowBits): number {
  let count = 0;
  while (count < bits && (value >> BigInt(count)) % 2n === 0n) count += 1;
  return count;
}

/**
 * What is known of every integer variable wherever it stands: the common low bits of all that is ever
 * assigned to it, and of the 0 that it starts with where that can be seen. A counter that steps by 4 from 0 ends in 00.
 */
export function lowBitsOfVariables(process: Process): ReadonlyMap<string, LowBits> {
  const found = new Map<string, LowBits>();
  const all = [...allStatements(process.body)];
  const startsAtZero = new Set(
    process.variables
      .map(({ name }) => name)
      .filter((name) => declaringStmt(process.body, name) === undefined),
  );
  // Optimistic: everything is known until an assignment says otherwise; it only ever gets less.
  for (let changed = true; changed; ) {
    changed = false;
    for (const statement of all) {
      for (const name of definedBy(statement)) {
        const before = found.get(name);
        const value = statement.kind === 'assign' ? assigned(statement.value, found) : nothing;
        if (value === undefined) continue;
        const start = startsAtZero.has(name) ? meet(value, { bits: everything, value: 0n }) : value;
        const after = before === undefined ? start : meet(before, value);
        if (before?.bits === after.bits) continue;
        found.set(name, after);
        changed = true;
      }
    }
  }
  return found;
}

/** undefined while a variable in it has no assignment that was looked at yet. */
function assigned(expr: Expr, found: ReadonlyMap<string, LowBits>): LowBits | undefined {
  return unknownIn(expr, found) ? undefined : knownLowBits(expr, found);
}

function unknownIn(expr: Expr, found: ReadonlyMap<string, LowBits>): boolean {
  if (expr.type.kind === 'vec') return false;
  if (expr.op === 'var') return !found.has(expr.name);
  switch (expr.op) {
    case 'cast':
      return expr.operand.type.kind === 'int' && unknownIn(expr.operand, found);
    case 'add':
    case 'sub':
    case 'mul':
    case 'and':
    case 'or':
    case 'xor':
      return unknownIn(expr.left, found) || unknownIn(expr.right, found);
    case 'shl':
      return unknownIn(expr.left, found);
    case 'select':
      return unknownIn(expr.then, found) || unknownIn(expr.else, found);
    default:
      return false;
  }
}
