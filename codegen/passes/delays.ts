import { type BinaryExpr, bitsOf, type Expr, elementOf, lanesOf } from '../ir/ir.ts';
import { takesMultiplier } from '../ir/multipliers.ts';

/**
 * Nanoseconds that an operator takes between two registers: cell delays of the 7-series models that come
 * with Yosys 0.23 (`xilinx/cells_sim.v`) after `synth_xilinx -abc9`, without routing. The formulas are
 * fitted to what `npm run bench:delays` measures, operator by operator, and rounded up. UltraScale+ parts
 * are faster and routing is not in it, so the figures order operators and balance stages; they are no
 * sign-off.
 */

/** Logic of so many inputs an output, in a tree of six-input LUTs. */
function tree(inputs: number): number {
  if (inputs <= 2) return 0.24;
  if (inputs <= 3) return 0.41;
  return 0.24 + 0.21 * Math.log2(inputs);
}

/** A carry chain with a result at each bit. */
function adder(bits: number): number {
  return bits <= 1 ? 0.24 : 0.87 + 0.03 * bits;
}

/** A carry chain of which only the end counts. */
function comparator(bits: number): number {
  return bits <= 4 ? 0.64 : 1.25 + 0.011 * bits;
}

/** One of so many values, by an index. */
function multiplexer(inputs: number): number {
  return inputs <= 2 ? 0.41 : 0.2 + 0.235 * Math.log2(inputs);
}

/** What the first use of a FIFO's output costs: LUT RAM from its clock. */
export const fifoOutput = 1.2;
/** A block RAM, and the choice between its word and a forwarded one. */
export const ramOutput = 2.87;
/** A register's clock-to-output. */
export const registerOutput = 0.3;
/** What the enable of a stream or memory access needs after its predicate: the stage's stall. */
export const accessSetup = 0.9;

export function delayOf(expr: Expr): number {
  const width = elementOf(expr.type).width;
  switch (expr.op) {
    case 'const':
    case 'var':
    case 'scalar':
    case 'cast':
    case 'concat':
    case 'build':
    case 'shuffle':
      return 0;
    case 'add':
    case 'sub':
      return adder(width);
    case 'mul':
      if (takesMultiplier(expr)) return 1.5;
      if (expr.left.op === 'const' || expr.right.op === 'const')
        return power(expr) ? 0 : adder(width);
      return 2 * adder(width);
    case 'and':
    case 'or':
    case 'xor':
    case 'not':
      return tree(2);
    case 'shl':
    case 'shr':
      return expr.right.op === 'const'
        ? 0
        : multiplexer(2 ** Math.min(7, elementOf(expr.right.type).width));
    case 'eq':
    case 'ne':
      return tree(comparedBits(expr.left, expr.right));
    case 'lt':
    case 'le':
      return comparator(comparedBits(expr.left, expr.right) / 2);
    case 'select':
      return multiplexer(2);
    case 'saturate':
      return 1.05;
    case 'lane':
      return expr.index.op === 'const' ? 0 : multiplexer(lanesOf(expr.vector.type));
    case 'with-lane':
      return expr.index.op === 'const' ? 0 : tree(4) + multiplexer(2);
    case 'table':
      return 0.16 * Math.max(3, elementOf(expr.index.type).width);
    case 'reduce':
      return reduction(expr);
  }
}

/**
 * By how much an operator is faster than its delay where an operand comes from a carry chain of the same
 * stage: the low bits are there first, and its own chain begins with them.
 */
export function overlap(expr: Expr, operand: Expr): number {
  if (!hasCarry(operand)) return 0;
  switch (expr.op) {
    case 'add':
    case 'sub':
      return 0.02 * elementOf(expr.type).width;
    case 'lt':
    case 'le':
      return Math.max(0, delayOf(expr) - 0.75);
    default:
      return 0;
  }
}

function hasCarry(expr: Expr): boolean {
  if (expr.op === 'cast') return hasCarry(expr.operand);
  return (expr.op === 'add' || expr.op === 'sub') && delayOf(expr) > 0.5;
}

function reduction(expr: Extract<Expr, { op: 'reduce' }>): number {
  const lanes = lanesOf(expr.vector.type);
  const { width } = elementOf(expr.vector.type);
  const levels = Math.ceil(Math.log2(Math.max(2, lanes)));
  switch (expr.reduce) {
    case 'or':
    case 'and':
      return tree(bitsOf(expr.vector.type));
    case 'add':
      // Counting bits: compressors, and one adder at the end.
      return width === 1 ? 0.53 * levels : levels * adder(width + levels);
    case 'max':
    case 'min':
      return levels * (comparator(width) + multiplexer(2));
  }
}

function power(expr: BinaryExpr): boolean {
  const constant = expr.left.op === 'const' ? expr.left : expr.right;
  if (constant.op !== 'const' || typeof constant.value !== 'bigint') return false;
  return constant.value > 0n && (constant.value & (constant.value - 1n)) === 0n;
}

/** Bits on both sides; a comparison with a constant looks at one side only. */
function comparedBits(a: Expr, b: Expr): number {
  const sides = a.op === 'const' || b.op === 'const' ? 1 : 2;
  return sides * Math.max(elementOf(a.type).width, elementOf(b.type).width);
}
