import { binary, exactRange, exprRange } from '../ir/build.ts';
import { elementOf, type Span, typeForRange, typeText } from '../ir/ir.ts';
import { isBig } from '../language/element-type.ts';
import type { Rounding } from '../language/rounding.ts';
import { fail } from './diagnostics.ts';
import { formatText } from './format-text.ts';
import { exactly } from './methods.ts';
import { convertTo } from './narrow-fixed.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { anyLow, roundDown } from './round.ts';
import {
  type AnyFixedType,
  asValue,
  hw,
  irInt,
  isElementType,
  type Operand,
  staticOf,
  toOperand,
  type Value,
} from './values.ts';
import { wideProduct } from './wide-arithmetic.ts';

type Method = (
  type: AnyFixedType,
  args: readonly Value[],
  span: Span,
  builder: ProcessBuilder,
) => Value;

/** What a fixed-point type does besides narrowing. One line each. */
const methods: Readonly<Record<string, Method>> = {
  raw: (type, [value], span) =>
    hw(exactly(value, irInt(type), `${type.text}.raw()`, span, type.fraction), isBig(type)),
  fromRaw: (type, [units], span) => {
    const expr = exactly(units, irInt(type), `${type.text}.fromRaw()`, span);
    return hw(expr, isBig(type), type.fraction);
  },
  convert: (type, [value, from], span, builder) => {
    const known = staticOf(from)?.value;
    if (!isElementType(known)) {
      fail(
        'TW1020',
        span,
        'the second argument of convert is the type of the first',
        'Write q.convert(value, type), where type is that of the value.',
      );
    }
    const expr = exactly(value, irInt(known), `convert from ${known.text}`, span, known.fraction);
    return convertTo(type, { expr, big: isBig(known), fraction: known.fraction }, span, builder);
  },
  product: (type, [a, b], span, builder) => {
    const [x, y] = [factor(type, a, span), factor(type, b, span)];
    const range = exactRange('mul', exprRange(x.expr), exprRange(y.expr));
    const exact = typeForRange(range.min, range.max);
    const fraction = x.fraction + y.fraction;
    if (exact.width <= 64) {
      const expr = binary('mul', exact, x.expr, y.expr, span);
      return convertTo(type, { expr, big: false, fraction }, span, builder);
    }
    const by = fraction - type.fraction;
    if (by < 0 || by > 64) {
      fail(
        'TW2002',
        span,
        `a product of ${exact.width} bits would be shifted by ${by} places, and 0 to 64 can be`,
        'Narrow the operands first.',
      );
    }
    const expr = wideProduct(x.expr, y.expr, by, type, span, builder);
    return asValue({ expr, big: isBig(type), fraction: type.fraction });
  },
};

export function isFixedMethod(name: string): boolean {
  return Object.hasOwn(methods, name);
}

export function fixedMethod(
  type: AnyFixedType,
  name: string,
  args: readonly Value[],
  span: Span,
  builder: ProcessBuilder,
): Value {
  return methods[name](type, args, span, builder);
}

/** A factor of q.product: a number is what it is, a bigint counts units of q. */
function factor(type: AnyFixedType, value: Value, span: Span): Operand {
  const operand = toOperand(value, span);
  if (operand.expr.type.kind === 'vec') {
    fail('TW2001', span, 'a product of a whole vector', 'Use vec(type, lanes, (l) => …).');
  }
  if (!operand.big) return operand;
  if (operand.literal && isBig(type)) return { ...operand, fraction: type.fraction };
  if (isBig(type) && operand.fraction === type.fraction) return operand;
  fail(
    'TW2104',
    span,
    `a factor of ${type.text}.product() is ${formatText(operand.expr.type, operand.fraction)}, and a bigint counts units of ${type.text}`,
    'Convert it first: q.convert(value, type).',
  );
}

const roundingOf: Readonly<Record<string, Rounding>> = {
  floor: 'floor',
  trunc: 'zero',
  round: 'half-up',
};

/** Math.floor, Math.ceil, Math.trunc and Math.round: the integer that JavaScript gives. */
export function wholeNumber(name: string, value: Value, span: Span): Value | undefined {
  const operand = toOperand(value, span);
  const { expr, fraction } = operand;
  if (expr.type.kind === 'vec') {
    fail('TW2001', span, `Math.${name} of a whole vector`, 'Use vec(type, lanes, (l) => …).');
  }
  if (elementOf(expr.type).width - Math.min(fraction, 0) > 64) {
    fail(
      'TW2002',
      span,
      `Math.${name} of ${typeText(expr.type)} times 2^${-fraction} is past 64 bits`,
      'Narrow the operand first.',
    );
  }
  if (name === 'ceil') {
    // ⌈x⌉ = ⌊x⌋ + 1 where anything is dropped.
    const down = roundDown(expr, fraction, 'floor', span);
    if (fraction <= 0) return hw(down);
    const rest = anyLow(expr, fraction, span);
    const { min, max } = exprRange(down);
    return hw(binary('add', typeForRange(min, max + 1n), down, rest, span));
  }
  const rounding = roundingOf[name];
  return rounding === undefined ? undefined : hw(roundDown(expr, fraction, rounding, span));
}
