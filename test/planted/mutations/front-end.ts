import type { Room } from '../mutation.ts';

const ir = 'codegen/ir/build.ts';
const operators = 'codegen/frontend/operators.ts';
const round = 'codegen/frontend/round.ts';
const jumps = 'codegen/frontend/jumps.ts';

/** From TypeScript to the IR: golden, which is TypeScript, says otherwise than the IR's interpreter. */
export const frontEnd: Room = {
  name: 'front end',
  checks: ['passes', 'icarus'],
  mutations: [
    {
      what: 'a sum as wide as its wider operand: the carry is lost',
      file: ir,
      from: "if (op === 'add') return { min: a.min + b.min, max: a.max + b.max };",
      to: "if (op === 'add') return { min: a.min, max: a.max > b.max ? a.max : b.max };",
      sample: 'operators',
    },
    {
      what: 'the range of a product from two of its four corners',
      file: ir,
      from: 'const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];',
      to: 'const corners = [a.min * b.min, a.max * b.max];',
      sample: 'operators',
    },
    {
      what: 'saturation that looks at the upper bound alone',
      file: ir,
      from: 'if (from.min >= to.min && from.max <= to.max) return cast(operand, type, span);',
      to: 'if (from.max <= to.max) return cast(operand, type, span);',
      sample: 'operators',
    },
    {
      what: 'a u32 in a bit operator stays unsigned',
      file: operators,
      from: 'return !type.signed && type.width === 32 ? cast(a.expr, intType(true, 32), span) : a.expr;',
      to: 'return a.expr;',
      sample: 'operators',
    },
    {
      what: '>>> of a negative number keeps the sign',
      file: operators,
      from: 'if (exprRange(operand).min < 0n) operand = cast(a.expr, intType(false, 32), span);',
      to: '',
      sample: 'operators',
    },
    {
      what: 'a comparison decided where the ranges touch',
      file: operators,
      from: '? x.max < y.min\n        ? true',
      to: '? x.max <= y.min\n        ? true',
      sample: 'operators',
    },
    {
      what: 'the common type of two choices without its sign',
      file: operators,
      from: 'if (range.min >= min && range.max <= max) return type;',
      to: 'if (range.max <= max) return type;',
      sample: 'operators',
    },
    {
      what: 'division by a power of two moves the point one place too far',
      file: operators,
      from: 'power.toString(2).length - 1 - b.fraction',
      to: 'power.toString(2).length - b.fraction',
      sample: 'fixed-point',
    },
    {
      what: 'half-even: ties go down, whatever the last bit',
      file: round,
      from: "const past = binary('or', u1, anyLow(dropped, by - 1, span), last(), span);",
      to: 'const past = anyLow(dropped, by - 1, span);',
      sample: 'fixed-point',
    },
    {
      what: 'towards zero: the highest dropped bit is not looked at',
      file: round,
      from: "return binary('and', u1, negative(), anyLow(dropped, by, span), span);",
      to: "return binary('and', u1, negative(), anyLow(dropped, by - 1, span), span);",
      sample: 'fixed-point',
    },
    {
      what: 'half-up: no room for the carry of the largest value',
      file: round,
      from: 'const high = exprRange(twice).max + 1n;',
      to: 'const high = exprRange(twice).max;',
      sample: 'fixed-point',
    },
    {
      what: 'a wide product without the carry of its lowest partial product',
      file: 'codegen/frontend/wide-arithmetic.ts',
      from: 'add(add(upper(lowest), cast(cross, u32)), cast(other, u32))',
      to: 'add(cast(cross, u32), cast(other, u32))',
      sample: 'fixed-point',
    },
    {
      what: 'code behind a nested jump runs although the jump was taken',
      file: jumps,
      from: 'return { falls: true, pending: jumps, jumps };\n  const',
      to: 'return { falls: true, pending: none, jumps };\n  const',
      sample: 'control-flow',
    },
    {
      what: 'continue holds for all turns that follow',
      file: 'codegen/frontend/loops.ts',
      from: 'for (const target of [again, leave, ...without(crossing, leave)]) target.arm();',
      to: 'for (const target of [leave, ...without(crossing, leave)]) target.arm();',
      sample: 'control-flow',
    },
    {
      what: 'a counter up to and with its bound has one value less in the body',
      file: 'codegen/frontend/counter-range.ts',
      from: "const last = symbol === '<' ? bound.max - 1n : bound.max;",
      to: 'const last = bound.max - 1n;',
      sample: 'control-flow',
    },
    {
      what: 'lanes in another order taken for the whole vector',
      file: 'codegen/frontend/vectorise.ts',
      from: 'const whole = lanesOf(first.vector.type) === count && indices.every((at, l) => at === l);',
      to: 'const whole = lanesOf(first.vector.type) === count;',
      sample: 'operators',
    },
    {
      what: 'lanes of different signs in the wider type of the two',
      file: 'codegen/frontend/vectorise.ts',
      from: '(fits(b, a) ? a : fits(a, b) ? b : join(a, b))',
      to: '(a.width >= b.width ? a : b)',
      sample: 'operators',
    },
  ],
};
