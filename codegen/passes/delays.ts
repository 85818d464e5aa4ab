import { type BinaryExpr, bitsOf, type Expr, elementOf, lanesOf } from '../ir/ir.ts';

/**
 * Delay of an operator in nanoseconds, cells only, of a mid-speed-grade UltraScale+ part: one LUT level
 * about 0.15 with its local hop counted as 0.35, a carry chain 0.35 plus 0.015 a bit, and the figures that
 * Yosys' `sta` shows for the 7-series cell models. They order operators rightly; they are no sign-off.
 */
const lut = 0.35;

function carry(bits: number): number {
  return lut + 0.015 * bits;
}

function levels(inputs: number, perLevel: number): number {
  return Math.max(1, Math.ceil(Math.log(Math.max(2, inputs)) / Math.log(perLevel)));
}

/** What the first use of a FIFO's output costs: its read multiplexer. */
export const fifoOutput = 0.6;
/** A block RAM without its output register, and the choice between its word and a forwarded one. */
export const ramOutput = 1.1;
/** A register's clock-to-output. */
export const registerOutput = 0.1;
/** What the enable of a stream or memory access needs after its predicate: the stage's ready chain. */
export const accessSetup = 0.6;

/** Cycles that a multiplication takes between its registers, by the DSP blocks that it spans. */
export function multiplyStages(expr: Expr): number {
  return expr.op === 'mul' ? productStages(expr as BinaryExpr) : 0;
}

function productStages(expr: BinaryExpr): number {
  if (expr.left.op === 'const' && isCheap(expr.left)) return 0;
  if (expr.right.op === 'const' && isCheap(expr.right)) return 0;
  const [a, b] = [expr.left, expr.right].map((side) => elementOf(side.type).width);
  const [small, large] = a < b ? [a, b] : [b, a];
  if (small <= 4) return 0;
  return small <= 17 && large <= 26 ? 1 : 2;
}

/** A constant with at most two bits set multiplies by shifts and one adder. */
function isCheap(expr: Extract<Expr, { op: 'const' }>): boolean {
  if (typeof expr.value !== 'bigint') return false;
  const ones = [...(expr.value < 0n ? -expr.value : expr.value).toString(2)].filter(
    (bit) => bit === '1',
  );
  return ones.length <= 2;
}

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
      return carry(width);
    case 'mul':
      if (multiplyStages(expr) > 0) return 1.5;
      if (expr.left.op === 'const' || expr.right.op === 'const')
        return power(expr) ? 0 : carry(width);
      return 2 * carry(width);
    case 'and':
    case 'or':
    case 'xor':
    case 'not':
      return lut / 2;
    case 'shl':
    case 'shr':
      return expr.right.op === 'const' ? 0 : lut * Math.ceil(elementOf(expr.right.type).width / 2);
    case 'eq':
    case 'ne':
      return lut * levels(comparedBits(expr.left, expr.right), 6);
    case 'lt':
    case 'le':
      return carry(operandWidth(expr.left, expr.right));
    case 'select':
      return lut;
    case 'saturate':
      return 2 * lut;
    case 'lane':
      return expr.index.op === 'const' ? 0 : lut * levels(lanesOf(expr.vector.type), 4);
    case 'with-lane':
      return expr.index.op === 'const' ? 0 : 2 * lut;
    case 'table':
      return lut * 2;
    case 'reduce': {
      const lanes = lanesOf(expr.vector.type);
      if (expr.reduce === 'or' || expr.reduce === 'and')
        return lut * levels(bitsOf(expr.vector.type), 6);
      return levels(lanes, 3) * carry(width);
    }
  }
}

function power(expr: BinaryExpr): boolean {
  const constant = expr.left.op === 'const' ? expr.left : expr.right;
  if (constant.op !== 'const' || typeof constant.value !== 'bigint') return false;
  return constant.value > 0n && (constant.value & (constant.value - 1n)) === 0n;
}

/** A comparison with a constant looks at one side only. */
function comparedBits(a: Expr, b: Expr): number {
  const sides = a.op === 'const' || b.op === 'const' ? 1 : 2;
  return sides * operandWidth(a, b);
}

function operandWidth(a: Expr, b: Expr): number {
  return Math.max(elementOf(a.type).width, elementOf(b.type).width);
}
