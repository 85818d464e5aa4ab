import { cast, constant, isConstant } from '../ir/build.ts';
import type { Span } from '../ir/ir.ts';
import { isBig } from '../language/element-type.ts';
import { holdIn, rescale } from '../language/rounding.ts';
import { fail } from './diagnostics.ts';
import { formatText } from './format-text.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { narrowUnits } from './round.ts';
import {
  type AnyFixedType,
  asValue,
  irInt,
  type Operand,
  toOperand,
  type Value,
} from './values.ts';
import { wideSum } from './wide-arithmetic.ts';

/** `q(x)`: rounds a number, and only holds a bigint, which counts units of q already. */
export function narrowFixed(
  type: AnyFixedType,
  value: Value,
  span: Span,
  builder?: ProcessBuilder,
): Value {
  if (value.kind === 'static' && typeof value.value === 'number') {
    if (!Number.isFinite(value.value)) {
      fail('TW1001', span, `${type.text}(${value.value}) is not a finite number`, 'Correct it.');
    }
    // Also a number that no other place takes: this one says how it is rounded.
    return fixedConstant(type, BigInt(type.raw(type(value.value)) as bigint));
  }
  const wide = value.kind === 'hw' ? value.wide : undefined;
  const operand = wide === undefined ? toOperand(value, span) : (value as Operand);
  const literal = operand.literal && operand.big;
  if (operand.big && !(isBig(type) && (literal || operand.fraction === type.fraction))) {
    const text = formatText(operand.expr.type, operand.fraction);
    fail(
      'TW2104',
      span,
      `${type.text}() of ${text}: a bigint does not say where its binary point is`,
      'Write q.convert(value, type), where q is the type to have and type that of the value.',
    );
  }
  if (wide !== undefined) {
    const target = irInt(type);
    const expr =
      type.overflow === 'wrap'
        ? cast(operand.expr, target, span)
        : wideSum(wide, target, span, builder);
    return asValue({ expr, big: true, fraction: type.fraction });
  }
  return convertTo(
    type,
    { ...operand, fraction: literal ? type.fraction : operand.fraction },
    span,
    builder,
  );
}

export function fixedConstant(type: AnyFixedType, units: bigint): Value {
  return asValue({ expr: constant(units, irInt(type)), big: isBig(type), fraction: type.fraction });
}

/** The operand's real value in the type, by the type's modes. */
export function convertTo(
  type: AnyFixedType,
  operand: Operand,
  span: Span,
  builder?: ProcessBuilder,
): Value {
  const by = operand.fraction - type.fraction;
  if (operand.expr.type.kind === 'vec') {
    fail('TW2001', span, `${type.text}() of a whole vector`, 'Use vec(type, lanes, (l) => v[l]).');
  }
  if (isConstant(operand.expr)) {
    const units = rescale(operand.expr.value, by, type.rounding);
    return fixedConstant(type, holdIn(units, type.signed, type.width, type.overflow));
  }
  // A value that rounding looks at twice gets a name, so that the emitted text computes it once.
  const looks = by > 0 && (type.rounding === 'zero' || type.rounding === 'half-even');
  const simple =
    operand.expr.op === 'var' || operand.expr.op === 'scalar' || operand.expr.op === 'lane';
  const expr =
    looks && !simple && builder !== undefined && builder.pureDepth === 0
      ? builder.name('exact', operand.expr, span)
      : operand.expr;
  const units = narrowUnits(expr, by, irInt(type), type.rounding, type.overflow, span);
  return asValue({ expr: units, big: isBig(type), fraction: type.fraction });
}
