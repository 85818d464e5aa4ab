import { binary, cast, constant } from '../ir/build.ts';
import {
  type BinaryExpr,
  type Expr,
  elementOf,
  type IntType,
  intType,
  lanesOf,
  type Type,
  vecType,
} from '../ir/ir.ts';
import { takesMultiplier } from '../ir/multipliers.ts';
import { mapKernelExpressions } from '../ir/rewrite.ts';
import type { Pass } from './pass-list.ts';

/** Bits of an unsigned factor that one DSP block multiplies (25 × 18 with the sign of each side). */
const wide = 24;
const narrow = 17;

/**
 * split-multiplies: a product that one DSP block cannot hold becomes a sum of such that can, so that the
 * schedule may put registers between them.
 *
 *   mul:u32(a, b), a and b u32   ⇒   add:u32(mul(low 17 of a, b's low 24), …shifted…)
 *
 * Products that lie beyond the result's bits are left out: 3 blocks for the low 32 bits, 4 for all 64.
 */
export const splitMultiplies: Pass = {
  name: 'split-multiplies',
  description: 'wide products become sums of products that fit one DSP block each',
  run: (kernel) => mapKernelExpressions(kernel, split),
};

function split(expr: Expr): Expr {
  if (!takesMultiplier(expr)) return expr;
  const product = expr as BinaryExpr;
  const bits = elementOf(product.type).width;
  const [a, b] = [product.left, product.right].map((side) => low(side, bits));
  if (fitsOne(a, b)) return expr;
  const ways = [
    [limbsOf(a, narrow), limbsOf(b, wide)],
    [limbsOf(a, wide), limbsOf(b, narrow)],
  ];
  const terms = ways
    .map(([left, right]) => termsOf(left, right, bits))
    .reduce((fewest, one) => (one.length < fewest.length ? one : fewest));
  const sum = summed(terms, product.type, bits);
  return product.span === undefined ? sum : { ...sum, span: product.span };
}

/** The operand without bits that cannot reach the result. */
function low(expr: Expr, bits: number): Expr {
  const { width } = elementOf(expr.type);
  return width <= bits ? expr : cast(expr, typed(expr.type, intType(false, bits)));
}

/** Bits of the value apart from its sign. */
function magnitude(expr: Expr): number {
  const { width, signed } = elementOf(expr.type);
  return signed ? width - 1 : width;
}

function fitsOne(a: Expr, b: Expr): boolean {
  const [small, large] = [magnitude(a), magnitude(b)].sort((x, y) => x - y);
  return small <= narrow && large <= wide;
}

interface Limb {
  readonly value: Expr;
  /** The bit of the operand that its lowest bit is. */
  readonly at: number;
}

/** The operand cut from its lowest bit up; the last limb keeps the sign. */
function limbsOf(expr: Expr, size: number): readonly Limb[] {
  const { signed } = elementOf(expr.type);
  const total = magnitude(expr);
  const limbs: Limb[] = [];
  for (let at = 0; at < total; at += size) {
    const last = at + size >= total;
    const type = last ? intType(signed, total - at + (signed ? 1 : 0)) : intType(false, size);
    limbs.push({ value: cast(shifted('shr', expr, at), typed(expr.type, type)), at });
  }
  return limbs;
}

/** The products that reach one of the result's bits, each in no more bits than it can have there. */
function termsOf(left: readonly Limb[], right: readonly Limb[], bits: number): readonly Limb[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const at = a.at + b.at;
      if (at >= bits) return [];
      const [x, y] = [low(a.value, bits - at), low(b.value, bits - at)];
      const [s, t] = [elementOf(x.type), elementOf(y.type)];
      const width = Math.min(bits - at, s.width + t.width);
      const type = typed(widest(x.type, y.type), intType(s.signed || t.signed, width));
      return [{ value: binary('mul', type, x, y), at }];
    }),
  );
}

/**
 * Highest first: a term's bits below the sum so far need no adder, so each adder is only as wide as what
 * lies above the bit where the sum begins.
 */
function summed(terms: readonly Limb[], type: Type, bits: number): Expr {
  const unsigned = (width: number) => typed(type, intType(false, width));
  const [first, ...rest] = [...terms].sort((a, b) => b.at - a.at);
  const start = { value: cast(first.value, unsigned(bits - first.at)), at: first.at };
  const sum = rest.reduce<Limb>((above, { value, at }) => {
    const by = above.at - at;
    const upper = cast(shifted('shr', value, by), unsigned(bits - above.at));
    const added = binary('add', unsigned(bits - above.at), upper, above.value);
    if (by === 0) return { value: added, at };
    const here = unsigned(bits - at);
    const lower = cast(truncated(value, unsigned(by)), here);
    return { value: binary('or', here, shifted('shl', cast(added, here), by), lower), at };
  }, start);
  return cast(shifted('shl', cast(sum.value, unsigned(bits)), sum.at), type);
}

/** `cast` would multiply the low bits once more, by themselves. */
function truncated(value: Expr, type: Type): Expr {
  return elementOf(value.type).width <= elementOf(type).width
    ? cast(value, type)
    : { op: 'cast', type, operand: value };
}

function shifted(op: 'shl' | 'shr', expr: Expr, by: number): Expr {
  return by === 0 ? expr : binary(op, expr.type, expr, constant(BigInt(by)));
}

/** The integer type in the shape of another. */
function typed(shape: Type, element: IntType): Type {
  return shape.kind === 'vec' ? vecType(element, lanesOf(shape)) : element;
}

function widest(a: Type, b: Type): Type {
  return a.kind === 'vec' ? a : b;
}
