import {
  knownComparison,
  maximum,
  minimum,
  type RingOp,
  ringInterval,
} from '../../ir/intervals.ts';
import { type BinaryOp, type IntType, intType } from '../../ir/ir.ts';
import { asClass, type Level, literal, operand, type Text, tightType } from './text.ts';

/**
 * C++ operators on texts, exact as the IR asks: ap_int's results of + - * & | ^ grow, so only the
 * width of a result needs care. Comparisons of mixed sign do follow C's conversions in ap_int, so both
 * sides are first brought to one type.
 */

const symbols: Record<RingOp, string> = {
  add: '+',
  sub: '-',
  mul: '*',
  and: '&',
  or: '|',
  xor: '^',
};

/** Wider results are exact in ap_int too, but slow under g++ and needless. */
const widest = 64;

/** The static type of `a op b` under the rules of ap_int. */
function grownType(op: RingOp, a: IntType, b: IntType): IntType {
  const signed = a.signed || b.signed;
  const common = Math.max(
    a.width + (b.signed && !a.signed ? 1 : 0),
    b.width + (a.signed && !b.signed ? 1 : 0),
  );
  if (op === 'mul') return intType(signed, a.width + b.width);
  if (op === 'add') return intType(signed, common + 1);
  if (op === 'sub') return intType(true, common + 1);
  return intType(signed, common);
}

/** An operand that ap_int's operators see, not C++'s own: `false + 1` would be an int. */
function lifted(text: Text): Text {
  return text.form === 'bool' || text.form === 'literal' ? asClass(text, tightType(text)) : text;
}

/** + - * & | ^ of exact values, exact. `tight` gives literals their own small width (vector lanes). */
export function ring(op: RingOp, left: Text, right: Text, tight: boolean): Text {
  const native = (text: Text) => text.form === 'bool' || text.form === 'literal';
  let a = tight || native(right) ? lifted(left) : left;
  let b = tight ? lifted(right) : right;
  if (grownType(op, a.cpp, b.cpp).width > widest) {
    // The static types may be wider than the values: bring those back first.
    const narrow = (text: Text) =>
      tightType(text).width < text.cpp.width ? asClass(text, tightType(text)) : text;
    a = narrow(a);
    b = narrow(b);
  }
  const level: Level = op === 'mul' ? 'mul' : op === 'add' || op === 'sub' ? 'add' : 'bits';
  const [beside, after] = {
    mul: [['mul'], []],
    add: [['mul', 'add'], ['mul']],
    bits: [[], []],
  }[level] as [Level[], Level[]];
  return {
    text: `${operand(a, ...beside)} ${symbols[op]} ${operand(b, ...after)}`,
    level,
    form: 'grown',
    cpp: grownType(op, a.cpp, b.cpp),
    ...ringInterval(op, a, b),
  };
}

/** Both sides in one type that holds either's values, unless C++ compares them exactly as they are. */
function comparable(left: Text, right: Text, tight: boolean): readonly [Text, Text] {
  const [a, b] = [left, right].map((text) =>
    text.form === 'bool' ? asClass(text, intType(false, 1)) : text,
  );
  const plain = (literalSide: Text, other: Text) =>
    literalSide.form === 'literal' &&
    (literalSide.cpp.signed ? literalSide.min >= 0n || other.cpp.signed : !other.cpp.signed);
  if (!tight && (plain(a, b) || plain(b, a))) return [a, b];
  if (a.form !== 'literal' && b.form !== 'literal' && a.cpp.signed === b.cpp.signed) return [a, b];
  // Beside a literal only the literal changes.
  for (const [one, other, swap] of [
    [a, b, false],
    [b, a, true],
  ] as const) {
    if (one.form !== 'literal' || other.form === 'literal') continue;
    const type = tightType(one);
    if (!type.signed && other.cpp.signed) {
      const typed = asClass(one, intType(true, type.width + 1));
      return swap ? [other, typed] : [typed, other];
    }
    if (type.signed === other.cpp.signed) {
      const typed = asClass(one, type);
      return swap ? [other, typed] : [typed, other];
    }
  }
  const common = tightType({ min: minimum(a.min, b.min), max: maximum(a.max, b.max) });
  return [asClass(a, common), asClass(b, common)];
}

export type CompareOp = Extract<BinaryOp, 'eq' | 'ne' | 'lt' | 'le'>;

/** A comparison of exact values. */
export function compare(op: CompareOp, left: Text, right: Text, tight: boolean): Text {
  // g++ would warn of a comparison that is always true.
  const known = knownComparison(op, left, right);
  if (known !== undefined) return literal(known ? 1n : 0n);
  let [a, b] = comparable(left, right, tight);
  let symbol = { eq: '==', ne: '!=', lt: '<', le: '<=' }[op];
  if (left.form === 'literal') {
    // `0 < left` reads better as `left > 0`.
    [a, b] = [b, a];
    symbol = { eq: '==', ne: '!=', lt: '>', le: '>=' }[op];
  }
  return {
    text: `${operand(a, 'add', 'mul')} ${symbol} ${operand(b, 'add', 'mul')}`,
    level: 'compare',
    form: 'bool',
    cpp: intType(false, 1),
    min: 0n,
    max: 1n,
  };
}

/** `and`, `or`, `xor` of conditions as C++'s own logic; undefined where neither side is a bool. */
export function logic(op: 'and' | 'or' | 'xor', a: Text, b: Text): Text | undefined {
  const condition = (text: Text) => text.min >= 0n && text.max <= 1n;
  if (!condition(a) || !condition(b)) return undefined;
  if (a.form !== 'bool' && b.form !== 'bool') return undefined;
  const bool = { form: 'bool', cpp: intType(false, 1), min: 0n, max: 1n } as const;
  if (op === 'xor') {
    if (a.form !== b.form) return undefined;
    return { text: `${operand(a)} != ${operand(b)}`, level: 'compare', ...bool };
  }
  const symbol = op === 'and' ? '&&' : '||';
  const text = `${operand(a, 'compare', op)} ${symbol} ${operand(b, 'compare', op)}`;
  return { text, level: op, ...bool };
}
