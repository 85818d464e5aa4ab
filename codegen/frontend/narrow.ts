import { cast, saturate } from '../ir/build.ts';
import type { Span } from '../ir/ir.ts';
import type { ElementType } from '../language/element-type.ts';
import type { IntegerType } from '../language/integer-type.ts';
import { fail } from './diagnostics.ts';
import { formatText } from './format-text.ts';
import { narrowFixed } from './narrow-fixed.ts';
import type { ProcessBuilder } from './process-builder.ts';
import { hw, irInt, isFixedType, staticOf, toHardware, type Value } from './values.ts';
import { wideSum } from './wide-arithmetic.ts';

/** `type(x)` for any type that an element may have. */
export function narrowTo(
  type: ElementType<unknown>,
  value: Value | undefined,
  span: Span,
  builder?: ProcessBuilder,
): Value {
  if (!isFixedType(type)) return narrow(type as IntegerType<unknown>, value, 'cast', span);
  if (value === undefined) {
    fail('TW1017', span, `${type.text}() needs a value`, `Write ${type.text}(0).`);
  }
  return value.kind === 'poison' ? value : narrowFixed(type, value, span, builder);
}

/** `u8(x)` and `u8.saturate(x)`. A known value stays known, but has a width from here on. */
export function narrow(
  type: IntegerType<unknown>,
  value: Value | undefined,
  mode: 'cast' | 'saturate',
  span: Span,
): Value {
  if (value === undefined) {
    fail('TW1017', span, `${type.text}() needs a value`, `Write ${type.text}(0).`);
  }
  if (value.kind === 'poison') return value;
  if (value.kind === 'hw' && value.fraction !== 0) {
    const text = formatText(value.expr.type, value.fraction);
    fail(
      'TW2103',
      span,
      `${type.text}() of ${text} does not say how it is rounded`,
      value.big
        ? `Take its units with the raw(x) of its type, or convert it: fixed(64, 0, 'floor', 'wrap').convert(x, type).`
        : `Write ${type.text}(Math.floor(x)), Math.trunc, Math.ceil or Math.round.`,
    );
  }
  const target = irInt(type);
  const big = type.width > 53;
  const known = staticOf(value);
  if (known !== undefined) {
    try {
      // Past 2^53 a number is not what the source says; the golden model refuses it too.
      if (typeof known.value === 'number' && Math.abs(known.value) > 2 ** 53) {
        throw new RangeError();
      }
      const exact = BigInt(known.value as number);
      return hw(
        mode === 'cast'
          ? cast({ op: 'const', type: target, value: BigInt(type(exact) as number) }, target)
          : { op: 'const', type: target, value: BigInt(type.saturate(exact) as number) },
        big,
      );
    } catch {
      fail(
        'TW1001',
        span,
        `${type.text}(${String(known.value)}) is not an exact whole number`,
        'Round it at compile time (Math.round, Math.floor), and stay within 53 bits.',
      );
    }
  }
  if (value.kind === 'hw' && value.wide !== undefined) {
    const { expr, wide } = value;
    return hw(mode === 'cast' ? cast(expr, target, span) : wideSum(wide, target, span), big);
  }
  const { expr } = toHardware(value, span);
  if (expr.type.kind === 'vec') {
    fail('TW2001', span, `${type.text}() of a whole vector`, 'Use vec(type, lanes, (l) => v[l]).');
  }
  return hw(mode === 'cast' ? cast(expr, target, span) : saturate(expr, target, span), big);
}
